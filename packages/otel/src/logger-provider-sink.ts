import { type Clock, isFault, type Sink } from '@asana-audit/core'
import {
  inTurn,
  locateFault,
  type OptionNames,
  refuseUnknownOptions,
  systemClock,
} from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import { bestEffortWrite } from './best-effort-write.ts'
import { type LoggerProvider, openProvider } from './logger-provider.ts'
import type { ExportTracking } from './tracked.ts'
import { trackedWrite } from './tracked-write.ts'
import { largestBatch, refuseSimpleProcessor } from './visible-processors.ts'
import { guardedWarning, type OnWarning, warnByNode } from './warning.ts'

export interface LoggerProviderSinkOptions {
  /**
   * What `tracked(exporter)` returned, which the host gave to its processor. Without it, delivery is best effort.
   * @default none
   */
  readonly tracked?: ExportTracking | undefined
  /**
   * Most records between two flushes. If a processor of the SDK has a smaller `maxExportBatchSize`, that is taken; a processor of
   * your own cannot be asked.
   * @default 512
   */
  readonly maxRecords?: number | undefined
  /**
   * How long the results of these records may take, in milliseconds. Then those without a result are sent again.
   * @default 60_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Called with `{ code, message }` for what a person should know.
   * @default a warning of Node
   */
  readonly onWarning?: OnWarning | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

export const sinkOptionNames: OptionNames<LoggerProviderSinkOptions> = {
  ...{ tracked: true, maxRecords: true, timeoutMs: true, onWarning: true, clock: true },
}

const bestEffort =
  'Events may be lost: the SDK does not say whether an export worked. Wrap the exporter of your processor with tracked(…), and pass the result as `tracked`.'

/**
 * A sink that emits records through a host's own LoggerProvider. With `tracked`, a write resolves once the host's
 * exporter has accepted each record of it. Without, it is best effort, and a warning says so.
 */
export function loggerProviderSink(
  loggerProvider: LoggerProvider,
  options: LoggerProviderSinkOptions = {},
): Sink<AuditLogRecord> {
  refuseUnknownOptions('loggerProviderSink', sinkOptionNames, options)
  const { tracked, maxRecords: most = 512, timeoutMs = 60_000 } = options
  const { clock = systemClock } = options
  const onWarning = guardedWarning(options.onWarning ?? warnByNode)
  checkNumber('maxRecords', most)
  checkNumber('timeoutMs', timeoutMs)
  checkTracked(tracked)
  const provider = openProvider(loggerProvider)
  const maxRecords = Math.min(most, largestBatch(loggerProvider))
  if (!tracked) {
    const isChecked = refuseSimpleProcessor(loggerProvider)
    onWarning({ code: 'best_effort', message: bestEffort })
    if (!isChecked) onWarning(hiddenProcessors)
  }
  const write = tracked
    ? trackedWrite({ provider, tracking: tracked, timeoutMs, clock, onWarning })
    : bestEffortWrite(provider, timeoutMs)

  async function writeAll(records: readonly AuditLogRecord[], signal: AbortSignal): Promise<void> {
    for (let accepted = 0; accepted < records.length; accepted += maxRecords) {
      signal.throwIfAborted()
      const part = records.slice(accepted, accepted + maxRecords)
      try {
        await write(part, signal)
      } catch (error) {
        throw isFault(error) ? locateFault(error, accepted, part.length) : error
      }
    }
  }

  const oneAtATime = inTurn()
  return {
    prefers: { records: maxRecords, inFlight: 1 },
    write: (records, signal) => oneAtATime(() => writeAll(records, signal)),
  }
}

const hiddenProcessors = {
  code: 'hidden_processors',
  message:
    'The processors of this LoggerProvider cannot be seen. If one is a SimpleLogRecordProcessor, most events of a burst are lost.',
} as const

function checkNumber(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new TypeError(`The option ${name} of loggerProviderSink is ${value}, not a whole number from 1 on.`)
}

/** Plain JavaScript may pass the exporter itself, or the function `tracked`. */
function checkTracked(tracked: ExportTracking | undefined): void {
  if (tracked === undefined || typeof tracked.expect === 'function') return
  throw new TypeError(
    'The option tracked of loggerProviderSink is not what tracked(exporter) returned. Keep that, and give it to the processor and to us.',
  )
}
