import { type ClosableSink, type Fault, fault, isFault } from '@asana-audit/core'
import {
  inTurn,
  locateFault,
  type OptionNames,
  raceAbort,
  refuseUnknownOptions,
} from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { Origin, Scope } from '../encoding/origin.ts'
import { exportFault, throwFault } from './exporter-fault.ts'
import {
  isSdkResource,
  type ReadableRecord,
  type ResourceValue,
  type SdkResource,
  sdkResource,
  toReadableRecord,
} from './readable-record.ts'

/** The part of OpenTelemetry's `LogRecordExporter` that is used. */
export interface LogRecordExporter {
  export(records: ReadableRecord[], resultCallback: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

/** `code` 0 is success. */
export interface ExportResult {
  readonly code: number
  readonly error?: Error
}

export interface ExporterSinkOptions {
  /**
   * Resource attributes, or a `Resource` of your SDK.
   * @default no attributes
   */
  readonly resource?: Origin['resource'] | SdkResource | undefined
  /**
   * `{ name, version?, schemaUrl? }`.
   * @default this package's name
   */
  readonly scope?: Scope | undefined
  /**
   * Longest time for one call in milliseconds, including the wait for an earlier call that is late.
   * @default 30_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Most records in one call.
   * @default 1_000
   */
  readonly maxRecords?: number | undefined
}

const names: OptionNames<ExporterSinkOptions> = {
  ...{ resource: true, scope: true, timeoutMs: true, maxRecords: true },
}

/**
 * Delivers through any OpenTelemetry `LogRecordExporter`. Best effort: it trusts the exporter's result, and most
 * exporters report a partial success as a success. Calls never overlap: after a timeout, the next call waits until
 * the exporter has called back.
 */
export function exporterSink(
  exporter: LogRecordExporter,
  options: ExporterSinkOptions = {},
): ClosableSink<AuditLogRecord> {
  refuseUnknownOptions('exporterSink', names, options)
  const { timeoutMs = 30_000, maxRecords = 1000, scope = { name: '@asana-audit/otlp' } } = options
  const resource = asSdkResource(options.resource ?? {})
  const toReadable = toReadableRecord(resource, scope)
  const oneAtATime = inTurn()
  let lastCall: Promise<unknown> = Promise.resolve()

  async function exportOnce(records: readonly AuditLogRecord[], signal: AbortSignal): Promise<void> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late(timeoutMs)), timeoutMs)
    const stop = AbortSignal.any([signal, deadline.signal])
    try {
      await raceAbort(lastCall, stop)
      if (resource.asyncAttributesPending) await raceAbort(attributesOf(resource), stop)
      const call = callOnce(exporter, records.map(toReadable))
      lastCall = call
      const failed = await raceAbort(call, stop)
      if (failed) throw failed
    } finally {
      clearTimeout(timer)
    }
  }

  async function writeAll(records: readonly AuditLogRecord[], signal: AbortSignal): Promise<void> {
    for (let accepted = 0; accepted < records.length; accepted += maxRecords) {
      const part = records.slice(accepted, accepted + maxRecords)
      try {
        await exportOnce(part, signal)
      } catch (error) {
        throw isFault(error) ? locateFault(error, accepted, part.length) : error
      }
    }
  }

  let shutdown: Promise<void> | undefined
  const close = (): Promise<void> => {
    shutdown ??= exporter.shutdown()
    return shutdown
  }
  return {
    write: (records, signal) => oneAtATime(() => writeAll(records, signal)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * The types of the older SDK line (0.2xx) allow fewer kinds of values than its exporters send, and than a resource of
 * the newer line may hold.
 */
function asSdkResource(resource: Origin['resource'] | SdkResource): SdkResource<ResourceValue> {
  return (isSdkResource(resource) ? resource : sdkResource(resource)) as SdkResource<ResourceValue>
}

async function attributesOf(resource: SdkResource): Promise<void> {
  await resource.waitForAsyncAttributes?.()
}

/**
 * Never rejects. Settles with the first callback of the exporter, however late; a second callback changes nothing.
 */
function callOnce(exporter: LogRecordExporter, records: ReadableRecord[]): Promise<Fault | undefined> {
  return new Promise((resolve) => {
    const threw = (error: unknown): void => resolve(throwFault(error))
    try {
      const returned: unknown = exporter.export(records, ({ code, error }) =>
        resolve(code === 0 ? undefined : exportFault(error)),
      )
      // The interface returns void, but an exporter written as an async function may reject.
      if (returned instanceof Promise) returned.catch(threw)
    } catch (error) {
      threw(error)
    }
  })
}

function late(timeoutMs: number): Fault {
  const message = `The exporter did not call back within ${timeoutMs} ms. The next call waits for that callback.`
  return fault({ fault: 'temporary', code: 'timeout', message })
}
