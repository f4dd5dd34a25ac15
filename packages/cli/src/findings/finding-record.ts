import { otlpSink } from '@asana-audit/otlp'
import type { WriteRecord } from '@asana-audit/otlp/encoding'
import { severityNumbers } from '@asana-audit/schema'
import { present } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { type Finding, findingEventName, type SendFinding } from '../progress/finding/finding.ts'
import { version } from '../version.ts'

/** The scope of the records of findings: not that of events. */
export const findingScope = { name: 'asana-audit', version } as const

/** A finding as a log record with its own event name, so that it cannot be taken for an event of Asana. */
export function findingRecord(pipeline: string): WriteRecord<Finding> {
  return ({ id, rule, at, message, actor, from, group, count, gids }, put) => {
    put('asana_audit.pipeline', pipeline)
    put('asana_audit.finding.id', id)
    put('asana_audit.finding.rule', rule.title)
    put('asana_audit.finding.rule_id', rule.id)
    put('asana_audit.finding.level', rule.level)
    put('asana_audit.finding.count', count)
    put('asana_audit.finding.gids', [...gids])
    if (rule.tags.length > 0) put('asana_audit.finding.tags', [...rule.tags])
    for (const [name, value] of Object.entries(group)) put(`asana_audit.finding.group.${name}`, value)
    if (actor.gid !== undefined) put('user.id', actor.gid)
    if (actor.email !== undefined) put('user.email', actor.email)
    if (actor.name !== undefined) put('user.full_name', actor.name)
    if (from !== undefined) put('client.address', from)
    return {
      eventName: findingEventName,
      timestamp: [Math.floor(at / 1_000), (at % 1_000) * 1_000_000],
      observedTimestamp: present(),
      severityNumber: severityNumbers[rule.level],
      body: message,
    }
  }
}

/** Sends to an OTLP destination. Findings are rare, so each opens a connection of its own. */
export function toOtlp(
  { name, destination, proxies }: PipelineSettings,
  resource: Readonly<Record<string, string>>,
): SendFinding {
  return async (finding, signal) => {
    if (destination.kind !== 'otlp') throw new Error(`${destination.kind} is not otlp`)
    const sink = otlpSink<Finding>({
      ...destination.options,
      ...proxies.through(destination.options.credentials),
      writeRecord: findingRecord(name),
      ...{ resource, scope: findingScope },
    })
    try {
      await sink.write([finding], signal)
    } finally {
      await sink.close()
    }
  }
}
