import { deliverLanes, requestBudget } from '@asana-audit/core'
import { type AuditLogEvent, keepAll } from '@asana-audit/schema'
import { asanaHecEvent } from '@asana-audit/splunk-hec'
import {
  type EventMetadata,
  eventSource,
  eventStreamSink,
  type InputDefinition,
  type SplunkEvent,
  splunkdPipe,
  trailingClaim,
} from '@asana-audit/splunk-input'
import { openAsana } from '../pipelines/open-asana.ts'
import { collectWhenIdle } from '../pipelines/run/collect-when-idle.ts'
import type { InputLog } from './input-log.ts'
import type { InputSettings } from './input-settings.ts'
import type { ClaimedState } from './input-state.ts'
import { indexOf } from './open-input.ts'
import { steadyClock } from './steady-clock.ts'

/** The add-on for search heads finds its events by this, as over HEC. */
const usualSourcetype = 'asana:audit'
/** As the other commands ask by default; Asana allows 1500. */
const requestsPerMinute = 1_200
/** After a stop. Nothing depends on it: the position trails behind. */
const graceMs = 500
/** A backlog that splunkd takes slowly would be blocked with every write. */
const sayBlockedEveryMs = 600_000

/** Delivers to splunkd until the signal. Rejects with a fault, of code `splunkd_gone` if splunkd has stopped reading. */
export async function deliverInput(
  definition: InputDefinition,
  { pipeline, trailMs }: InputSettings,
  { claim }: Pick<ClaimedState, 'claim'>,
  { log, signal }: { readonly log: InputLog; readonly signal: AbortSignal },
): Promise<void> {
  const { name, since } = pipeline
  const stream = splunkdPipe(1)
  const clock = steadyClock
  const sink = eventStreamSink({ ...metadataOf(definition), stream, clock, onFlow: flowLog(log) })
  const asana = openAsana(pipeline, requestBudget({ perMinute: requestsPerMinute }), undefined, (warning) =>
    log.warning(name, warning),
  )
  const trailing = trailingClaim(claim, {
    ...{ trailMs, clock, signal, flowingSince: sink.flowingSince },
    onFault: ({ code, message }) => log.stateWarning({ code, message }),
  })
  const onFact = collectWhenIdle()
  try {
    await deliverLanes({
      source: { ...asana.options, since },
      claim: trailing,
      map: eventFor,
      ...{ sink, signal, graceMs },
      onFact(fact, lane) {
        onFact(fact)
        log.fact({ pipeline: name, lane }, fact)
      },
    })
  } finally {
    await trailing.release()
    await sink.close()
    // What splunkd does not read must not keep the process alive.
    if (stream !== process.stdout) stream.destroy()
    await asana.close()
  }
}

/** Says that splunkd does not read, and that it reads again. */
function flowLog(log: InputLog): (flow: 'blocked' | 'flowing') => void {
  let saidAt = Number.NEGATIVE_INFINITY
  let isSaid = false
  return (flow) => {
    if (flow === 'flowing') {
      if (isSaid) log.say('info', 'splunkd_reads', 'splunkd takes events again.')
      isSaid = false
    } else if (steadyClock.now() - saidAt >= sayBlockedEveryMs) {
      saidAt = steadyClock.now()
      isSaid = true
      log.say('warn', 'splunkd_blocked', blocked)
    }
  }
}

const blocked =
  'splunkd takes no events: its queues are full, for example because a forwarder does not reach its indexers. The input waits and loses nothing. Look at the outputs of this Splunk and at its queues in the Monitoring Console.'

/** The event as Asana sent it, after the field policy, with what searches use most first. */
function eventFor(event: AuditLogEvent): SplunkEvent {
  const { timeMs, event: content } = asanaHecEvent(event, { fieldPolicy: keepAll })
  if (timeMs === undefined) throw new TypeError('created_at is not an RFC 3339 time')
  return { timeMs, event: content }
}

function metadataOf(definition: InputDefinition): EventMetadata {
  const { name: stanza, params, serverHost } = definition
  const host = params.get('host')
  return {
    stanza,
    // Splunk writes this for a host that it decides itself.
    host: host === undefined || host === '$decideOnStartup' ? serverHost : host,
    source: eventSource,
    sourcetype: params.get('sourcetype') ?? usualSourcetype,
    index: indexOf(definition),
  }
}
