import { type Fault, fault, isFault } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions, sanitizeServerText } from '@asana-audit/core/sink-kit'
import { exportFault, throwFault } from '@asana-audit/otlp/exporter'
import { auditScope } from '@asana-audit/schema'
import { ATTR_LOG_RECORD_UID } from '@asana-audit/schema/semconv'
import { AwaitedResults, type Expectation, type ExportCalls, type GivenRecord } from './awaited-results.ts'
import { settledWithin } from './settled-within.ts'
import { warnByNode } from './warning.ts'

/** The part of a record that is read. Records of the SDK have all of it; an exporter may declare that it needs less. */
export interface TrackableRecord {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly droppedAttributesCount?: number
  readonly instrumentationScope?: { readonly name: string }
}

/** `code` 0 is success. */
export interface ExportResult {
  readonly code: number
  readonly error?: Error
}

/** The part of OpenTelemetry's `LogRecordExporter` that is used. */
export interface TrackableExporter<R extends TrackableRecord> {
  export(records: R[], resultCallback: (result: ExportResult) => void): void
  forceFlush?(): Promise<void>
  shutdown(): Promise<void>
}

/** A `LogRecordExporter` for the host's processor, and what a sink needs to learn of its results. */
export interface TrackedExporter<R extends TrackableRecord = never> extends ExportTracking {
  export(records: R[], resultCallback: (result: ExportResult) => void): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

export interface ExportTracking {
  /** From now on, keeps the results of the records with these ids, until the expectation is closed. */
  expect(ids: readonly string[]): Expectation
  readonly calls: ExportCalls
  /** From now on, the calls up to this number, counted from 1, are not under way: they may never end. */
  giveUpCalls(last: number): void
}

export interface TrackedOptions {
  /**
   * How long a flush of the exporter may take, in milliseconds. Then the processor goes on without it.
   * @default 30_000
   */
  readonly flushTimeoutMs?: number | undefined
}

const names: OptionNames<TrackedOptions> = { flushTimeoutMs: true }

/**
 * Wraps the exporter that a host gives to its processor, so that `loggerProviderSink` learns which of our records were
 * exported. Records of the host pass through unseen, and each call has the result of the exporter. Throws a TypeError if it
 * is not given an exporter.
 *
 * An exporter that throws or rejects counts as failed, in the callback. Its `forceFlush` never rejects here, and ends in
 * time: otherwise it would stop the batch processor of the SDK for good, and it says nothing about a record.
 */
export function tracked<R extends TrackableRecord>(
  exporter: TrackableExporter<R>,
  options: TrackedOptions = {},
): TrackedExporter<R> {
  refuseUnknownOptions('tracked', names, options)
  const { flushTimeoutMs = 30_000 } = options
  check(exporter, flushTimeoutMs)
  const awaited = new AwaitedResults()
  const warnOfThrow = onceThrown()
  return {
    expect: (ids) => awaited.expect(ids),
    get calls() {
      return awaited.calls
    },
    giveUpCalls: (last) => awaited.giveUpCalls(last),
    export(records, resultCallback) {
      const call = awaited.begin(records.flatMap(ourRecord), records.length)
      let isOver = false
      const end = (result: ExportResult, refusal: Fault | undefined): void => {
        if (isOver) return
        isOver = true
        call.end(refusal)
        resultCallback(result)
      }
      const threw = (error: unknown): void => {
        // The SDK's processor would wait for the end of this call for ever if it were thrown on.
        if (isOver) warnOfThrow(error)
        else end({ code: 1, error: asError(error) }, throwFault(error))
      }
      try {
        const returned: unknown = exporter.export(records, (result) =>
          end(result, result.code === 0 ? undefined : faultOf(result.error)),
        )
        // The interface returns void, but an exporter written as an async function may reject.
        if (returned instanceof Promise) returned.catch(threw)
      } catch (error) {
        threw(error)
      }
    },
    async forceFlush() {
      // Results come by the callbacks; see above for a rejection.
      try {
        await settledWithin(flushTimeoutMs, async () => exporter.forceFlush?.())
      } catch (error) {
        awaited.noteFlush(error)
      }
    },
    async shutdown() {
      awaited.shutDown()
      await exporter.shutdown()
    },
  }
}

function check(exporter: unknown, flushTimeoutMs: number): void {
  const { export: send, shutdown } = Object(exporter) as Partial<TrackableExporter<never>>
  if (typeof send !== 'function' || typeof shutdown !== 'function') {
    throw new TypeError(
      'tracked(…) was not given an exporter of log records, with export() and shutdown(). Give it the one that the processor has now, such as new OTLPLogExporter().',
    )
  }
  if (Number.isSafeInteger(flushTimeoutMs) && flushTimeoutMs >= 1) return
  throw new TypeError(
    `The option flushTimeoutMs of tracked is ${flushTimeoutMs}, not a whole number from 1 on.`,
  )
}

/** What is thrown after the result has no place in it. Once is enough. */
function onceThrown(): (error: unknown) => void {
  let hasWarned = false
  return (error) => {
    if (hasWarned) return
    hasWarned = true
    const said = sanitizeServerText(asError(error).message)
    const message = `The exporter threw after it had called back, so its result is that of the callback. It threw: ${said}`
    warnByNode({ code: 'exporter_threw', message })
  }
}

/** A record of the host may have the same id: only one of our scope stands for an event. */
function ourRecord({
  attributes,
  droppedAttributesCount,
  instrumentationScope,
}: TrackableRecord): GivenRecord[] {
  const id = attributes[ATTR_LOG_RECORD_UID]
  if (typeof id !== 'string' || instrumentationScope?.name !== auditScope.name) return []
  return [{ id, attributesDropped: droppedAttributesCount ?? 0 }]
}

/** Our own exporters give faults. What was taken of a refused batch comes again, so that the bad record is found. */
function faultOf(error: Error | undefined): Fault {
  if (!isFault(error)) return exportFault(error)
  if (error.fault !== 'rejected') return error
  const { code, message } = error
  return fault({ fault: 'rejected', code, at: 'none-taken', message, cause: error })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
