import { isDeepStrictEqual } from 'node:util'
import { logsFromJson, logsFromProtobuf } from '../../../test/support/otlp/otlp-reader.ts'
import { asanaMarker } from '../asana/event-templates.ts'
import type { Case } from '../case.ts'
import { quickScale, row } from '../legs/row.ts'
import type { KeptRequest } from '../receiver/receiver.ts'
import { runCase } from '../run-case.ts'
import type { Servers } from '../servers.ts'

const events = 300

const otlp: readonly Pick<Case, 'variant' | 'options'>[] = [
  { variant: 'whole-ours', options: { protocol: 'protobuf' } },
  { variant: 'whole-ours', options: { protocol: 'json' } },
  { variant: 'whole-stock', options: { protocol: 'protobuf', flush: true } },
  { variant: 'whole-stock', options: { protocol: 'json', flush: true } },
  { variant: 'whole-exporter', options: { protocol: 'protobuf' } },
]

const hec: readonly Pick<Case, 'variant' | 'options'>[] = [
  { variant: 'whole-ours', options: { to: 'hec' } },
  { variant: 'whole-splunk-logging', options: { batch: 1000 } },
  { variant: 'whole-splunk-logging', options: {} },
]

/** Sends the same events through every pipeline and compares what arrives. Rejects if there is a difference. */
export async function sameContent(servers: Servers): Promise<string> {
  await compare(servers, otlp, 'log.record.uid', recordsOf)
  await compare(servers, hec, asanaMarker, hecEventsOf)
  return `${events} events through ${otlp.length} pipelines to OTLP and ${hec.length} to HEC: the same arrives.`
}

async function compare(
  servers: Servers,
  pipelines: readonly Pick<Case, 'variant' | 'options'>[],
  marker: string,
  read: (requests: readonly KeptRequest[]) => ReadonlyMap<unknown, unknown>,
): Promise<void> {
  let first: ReadonlyMap<unknown, unknown> | undefined
  for (const pipeline of pipelines) {
    const name = `${pipeline.variant} ${JSON.stringify(pipeline.options)}`
    const receiver = { marker, keep: true }
    const one = row(quickScale, { ...pipeline, name, kind: 'peer', events, warmUp: 0, receiver })
    const outcome = await runCase(one, servers)
    if ('error' in outcome) throw new Error(`${name}: ${outcome.error}`)
    const records = read(await servers.kept())
    if (records.size !== events) throw new Error(`${name}: ${records.size} of ${events} events arrived.`)
    first ??= records
    for (const [id, record] of records) {
      if (isDeepStrictEqual(record, first.get(id))) continue
      throw new Error(`${name} sends another record than ours for ${String(id)}.`)
    }
  }
}

/** The records by id, without the observed time. */
function recordsOf(requests: readonly KeptRequest[]): Map<unknown, unknown> {
  const logs = requests.flatMap(({ type, base64 }) => {
    const body = Buffer.from(base64, 'base64')
    return type === 'application/json' ? logsFromJson(body) : logsFromProtobuf(body)
  })
  return new Map(
    logs.map(({ observedTimeUnixNano: _, ...log }) => [log.attributes.get('log.record.uid'), log]),
  )
}

interface HecEvent {
  readonly time: number | string
  readonly fields?: object
  readonly event: { readonly gid: string }
}

/** The events by id. `splunk-logging` cannot send indexed fields and writes the time as text, so both are left out. */
function hecEventsOf(requests: readonly KeptRequest[]): Map<unknown, unknown> {
  const events = requests.flatMap(({ base64 }) => {
    const text = Buffer.from(base64, 'base64').toString()
    return JSON.parse(`[${text.replaceAll(/\}\s*\{"(?=time|host|source|event)/g, '},{"')}]`) as HecEvent[]
  })
  return new Map(events.map(({ fields: _, ...one }) => [one.event.gid, { ...one, time: Number(one.time) }]))
}
