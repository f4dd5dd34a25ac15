import { type Clock, type ClosableSink, type Fault, fault, type OnFact } from '@asana-audit/core'
import { deliverWrite, newDestinationHealth, raceAbort, type Unaccepted } from '@asana-audit/core/sink-kit'
import type { HecEvent } from './events/hec-event.ts'
import { otelHecEvent } from './events/otel-hec-event.ts'
import { asyncAttributesOf, type ReadableRecord, toOtelLogRecord } from './events/readable-record.ts'
import { type HecSinkOptions, hecSink } from './hec-sink.ts'

export interface SplunkHecLogExporterOptions extends HecSinkOptions {
  /**
   * Splunk's `host` of records whose resource has no `host.name`, as in the Collector's exporter.
   * @default 'unknown'
   */
  readonly host?: string | undefined
  /**
   * Splunk's `sourcetype` of records that have none.
   * @default the token's own
   */
  readonly sourcetype?: string | undefined
  /**
   * Splunk's `source` of records that have none.
   * @default the token's own
   */
  readonly source?: string | undefined
  /**
   * Longest time from `export` to its callback in milliseconds, including all tries and waits.
   * @default 30_000
   */
  readonly deadlineMs?: number | undefined
  /** Called with the facts `retrying` and `resumed` of `@asana-audit/core`. */
  readonly onFact?: OnFact | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

/** `code` 0 is success; 1 comes with an error, a fault of `@asana-audit/core`. */
export interface HecExportResult {
  readonly code: 0 | 1
  readonly error?: Error
}

/**
 * A `LogRecordExporter` for any OpenTelemetry JS application, `@opentelemetry/sdk-logs` 0.2xx or 3.x. It tries again
 * until its deadline. If the collector refuses a record of a batch, it sends the others.
 *
 * The interface reports only on whole batches: one refused record makes the result a failure, although all others
 * were delivered, and an SDK drops a failed batch. If nothing may be lost, use `deliver` with `hecSink`.
 */
export class SplunkHecLogExporter {
  readonly #sink: ClosableSink<HecEvent>
  readonly #options: Pick<SplunkHecLogExporterOptions, 'deadlineMs' | 'onFact' | 'clock'>
  readonly #pending = new Set<Promise<unknown>>()
  #acceptedOnce = false
  #closed: Promise<void> | undefined

  constructor(options: SplunkHecLogExporterOptions) {
    const { deadlineMs, onFact, ...sink } = options
    const { host = 'unknown', sourcetype = '', source = '', clock } = sink
    this.#sink = hecSink({ ...sink, host, sourcetype, source })
    this.#options = { deadlineMs, onFact, clock }
  }

  /** Calls back exactly once. Calls may overlap; order is kept within each. */
  export(records: readonly ReadableRecord[], resultCallback: (result: HecExportResult) => void): void {
    if (this.#closed !== undefined) {
      resultCallback({ code: 1, error: shutDown() })
      return
    }
    const delivery = this.#deliver(records).then(
      (): HecExportResult => ({ code: 0 }),
      (error: unknown): HecExportResult => ({ code: 1, error: error as Error }),
    )
    this.#pending.add(delivery)
    void delivery.then((result) => {
      this.#pending.delete(delivery)
      resultCallback(result)
    })
  }

  /** Resolves when every running export has called back; each does so before its deadline. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#pending)
  }

  /** Lets running exports end, refuses new ones, and closes the connections. */
  shutdown(): Promise<void> {
    this.#closed ??= this.forceFlush().then(() => this.#sink.close())
    return this.#closed
  }

  async #deliver(records: readonly ReadableRecord[]): Promise<void> {
    const { deadlineMs = 30_000, onFact, clock } = this.#options
    const deadline = new AbortController()
    const { signal } = deadline
    let lastFault = ''
    const timer = setTimeout(() => deadline.abort(late(deadlineMs, lastFault)), deadlineMs)
    const health = newDestinationHealth<HecEvent>({ isProven: this.#acceptedOnce })
    try {
      await raceAbort(asyncAttributesOf(records), signal)
      const { unaccepted } = await deliverWrite({
        records: records.map((record) =>
          otelHecEvent(toOtelLogRecord(record), { resource: record.resource.attributes }),
        ),
        sink: this.#sink,
        health,
        hardStop: signal,
        retryPolicy: {
          part: 'sink',
          signal,
          ...(clock && { clock }),
          onFact: (fact) => {
            if (fact.type === 'retrying') lastFault = fact.message
            onFact?.(fact)
          },
        },
      })
      const [first] = unaccepted
      if (first !== undefined) throw rejected(first, unaccepted.length, records.length)
    } finally {
      clearTimeout(timer)
      this.#acceptedOnce ||= health.isProven
    }
  }
}

function late(deadlineMs: number, lastFault: string): Fault {
  const message = `The records were not delivered within ${deadlineMs} ms. ${lastFault}`.trim()
  return fault({ fault: 'temporary', code: 'timeout', message })
}

function rejected({ code, reason }: Unaccepted, count: number, records: number): Fault {
  const message = `${count} of ${records} records were rejected, all others were delivered. First reason: ${reason}`
  return fault({ fault: 'rejected', code, at: 'some-taken', message })
}

function shutDown(): Fault {
  return fault({ fault: 'fatal', code: 'shut_down', message: 'The exporter has been shut down.' })
}
