import { type Fault, fault, isFault } from '@asana-audit/core'
import { exportFault, throwFault } from '@asana-audit/otlp/exporter'
import { ATTR_LOG_RECORD_UID } from '@asana-audit/schema/semconv'
import { AwaitedResults, type Expectation, type ExportCalls } from './awaited-results.ts'

/** The part of a record that is read. */
export interface TrackableRecord {
  readonly attributes: Readonly<Record<string, unknown>>
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
}

/**
 * Wraps the exporter that a host gives to its processor, so that `loggerProviderSink` learns which of our records were
 * exported. Records of the host pass through unseen, and each call has the result of the exporter.
 *
 * An exporter that throws or rejects counts as failed, in the callback. Its `forceFlush` never rejects here: a
 * rejection stops the batch processor of the SDK for good, and says nothing about a record.
 */
export function tracked<R extends TrackableRecord>(exporter: TrackableExporter<R>): TrackedExporter<R> {
  const awaited = new AwaitedResults()
  return {
    expect: (ids) => awaited.expect(ids),
    get calls() {
      return awaited.calls
    },
    export(records, resultCallback) {
      const call = awaited.begin(records.flatMap(idOf), records.length)
      let isOver = false
      const end = (result: ExportResult, refusal: Fault | undefined): void => {
        if (isOver) return
        isOver = true
        call.end(refusal)
        resultCallback(result)
      }
      const threw = (error: unknown): void => end({ code: 1, error: asError(error) }, throwFault(error))
      try {
        const returned: unknown = exporter.export(records, (result) =>
          end(result, result.code === 0 ? undefined : faultOf(result.error)),
        )
        // The interface returns void, but an exporter written as an async function may reject.
        if (returned instanceof Promise) returned.catch(threw)
      } catch (error) {
        if (isOver) throw error
        threw(error)
      }
    },
    async forceFlush() {
      // Results come by the callbacks; see above for a rejection.
      try {
        await exporter.forceFlush?.()
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

function idOf({ attributes }: TrackableRecord): string[] {
  const id = attributes[ATTR_LOG_RECORD_UID]
  return typeof id === 'string' ? [id] : []
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
