import { type Clock, type Fault, type FaultOptions, fault } from '@asana-audit/core'
import { raceAbort, sanitizeServerText } from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import { ATTR_LOG_RECORD_UID } from '@asana-audit/schema/semconv'
import type { Expectation, RecordResult } from './awaited-results.ts'
import { emitAll } from './emit-all.ts'
import { type OpenProvider, refuseDisabled } from './logger-provider.ts'
import type { ExportTracking } from './tracked.ts'
import type { AuditWarning, OnWarning } from './warning.ts'

type Write = (records: readonly AuditLogRecord[], signal: AbortSignal) => Promise<void>

export interface TrackedWriteOptions {
  readonly provider: OpenProvider
  readonly tracking: ExportTracking
  /** Longest time for the results of one call. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly onWarning: OnWarning
}

/** How long results may take before the provider is asked to flush again: a host's own flush makes ours do nothing. */
const flushAgainMs = 1_000

/** After this many writes without any call of the exporter, it is believed that the host's processor has another one. */
const writesWithoutCall = 3

/**
 * Emits records and resolves once the exporter has accepted every one of them. Otherwise it waits until each has a
 * result or was dropped, so that as many as possible are known to be safe, and rejects with the fault of the first
 * that is not.
 */
export function trackedWrite(options: TrackedWriteOptions): Write {
  const { provider, tracking, timeoutMs, clock, onWarning } = options
  let uncalled = 0
  let hasWarned = false
  return async (records, signal) => {
    refuseDisabled(provider, records)
    const expectation = tracking.expect(records.map(idOf))
    const over = new AbortController()
    const until = AbortSignal.any([signal, over.signal])
    try {
      if (expectation.isShutDown) throw exporterShutDown(0, records.length, records.length)
      const { begun: before } = tracking.calls
      emitAll(provider, records)
      // An export from before that has not ended by then may never do so, and must not look like a queue that moves.
      const timeUp = clock.sleep(timeoutMs, until).then(() => tracking.giveUpCalls(before))
      await Promise.race([raceAbort(expectation.settled, signal), timeUp, hurry(options, until)])
      uncalled = tracking.calls.begun === 0 ? uncalled + 1 : 0
      if (uncalled >= writesWithoutCall && !expectation.isShutDown) throw notTracked()
      judge(records, expectation, timeoutMs)
    } finally {
      over.abort()
      expectation.close()
    }
    if (expectation.attributesDropped === 0 || hasWarned) return
    hasWarned = true
    onWarning(attributesDropped(expectation.attributesDropped))
  }
}

function idOf({ attributes }: AuditLogRecord): string {
  const id = attributes[ATTR_LOG_RECORD_UID]
  if (typeof id !== 'string')
    throw new TypeError(`The record has no ${ATTR_LOG_RECORD_UID}: make it with toLogRecord.`)
  return id
}

/**
 * Lets the provider flush until `until` is aborted. The end of a flush says nothing about a record: it resolves after
 * failures too. But if two in a row, a second apart, make no call of the exporter and none is under way, then nothing
 * of ours is in the queue any more: what the exporter has not seen was dropped, and this resolves.
 */
async function hurry(
  { provider, tracking, timeoutMs, clock }: TrackedWriteOptions,
  until: AbortSignal,
): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    const { begun } = tracking.calls
    const isFlushed = await provider.flush(timeoutMs).then(
      () => true,
      () => false,
    )
    const { calls } = tracking
    quiet = isFlushed && calls.begun === begun && calls.underWay === 0 ? quiet + 1 : 0
    await clock.sleep(flushAgainMs, until)
  }
}

/** Throws the fault of the first record that was not accepted. */
function judge(records: readonly AuditLogRecord[], expectation: Expectation, timeoutMs: number): void {
  const results = records.map((record) => expectation.resultOf(idOf(record)))
  const accepted = results.findIndex((result) => result !== 'accepted')
  if (accepted < 0) return
  const first = results[accepted]!
  if (first === 'under_way' || first === 'unseen' || first === 'accepted') {
    throw withoutResult(results, accepted, expectation, timeoutMs)
  }
  // Others in between have another result, so that they come again too.
  throw located(first.fault, accepted, results.lastIndexOf(first) + 1 - accepted)
}

/** The same fault, about `affected` records after those accepted. */
function located({ message, cause, ...shape }: Fault, accepted: number, affected: number): Fault {
  const place = shape.fault === 'rejected' ? { at: 'none-taken', affected } : {}
  return fault({ ...shape, ...place, accepted, message, cause } as FaultOptions)
}

function withoutResult(
  results: readonly RecordResult[],
  accepted: number,
  { isShutDown, flushError }: Expectation,
  timeoutMs: number,
): Fault {
  const unseen = results.filter((result) => result === 'unseen').length
  const open = results.filter((result) => result === 'under_way').length
  if (isShutDown && open === 0) return exporterShutDown(accepted, unseen, results.length)
  const flush =
    flushError === undefined ? '' : ` Its flush failed: ${sanitizeServerText(String(flushError))}.`
  if (open > 0) {
    const message = `The exporter has not called back for ${open} of ${results.length} records within ${timeoutMs} ms.${flush}`
    return fault({ fault: 'temporary', code: 'timeout', accepted, message })
  }
  const message =
    `${unseen} of ${results.length} records did not reach the tracked exporter: the queue of the processor was full, ` +
    `or a processor dropped them or their ${ATTR_LOG_RECORD_UID}.${flush}`
  return fault({ fault: 'temporary', code: 'not_exported', accepted, message })
}

function exporterShutDown(accepted: number, unseen: number, records: number): Fault {
  const message =
    `The exporter was shut down before it got ${unseen} of ${records} records. ` +
    'Stop us before you shut the SDK down; the position is kept, and the next start goes on from there.'
  return fault({ fault: 'fatal', final: true, code: 'exporter_shut_down', accepted, message })
}

function notTracked(): Fault {
  const message =
    'No record has ever reached the tracked exporter, neither ours nor one of the application. ' +
    'Give the processor of this loggerProvider what tracked(…) returned, not the exporter itself.'
  return fault({ fault: 'fatal', code: 'not_tracked', message })
}

function attributesDropped(count: number): AuditWarning {
  const message =
    `The limits of the SDK leave out attributes of our records, ${count} of one at least. The event arrives without them. ` +
    'Set logRecordLimits.attributeCountLimit of the LoggerProvider to 128 or more.'
  return { code: 'attributes_dropped', message }
}
