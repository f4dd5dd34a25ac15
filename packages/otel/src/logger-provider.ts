import { type Fault, fault } from '@asana-audit/core'
import { type AuditLogRecord, auditScope } from '@asana-audit/schema'

/** The part of a `Logger` of `@opentelemetry/api` or `@opentelemetry/api-logs` that is used. */
export interface Logger {
  emit(record: AuditLogRecord): void
  enabled(options?: Pick<AuditLogRecord, 'severityNumber' | 'eventName'>): boolean
}

/**
 * A `LoggerProvider` of `@opentelemetry/sdk-logs`, 0.2xx or 3.x. `forceFlush` is optional only because the type of
 * the global provider, `logs.getLoggerProvider()`, does not have it.
 */
export interface LoggerProvider {
  getLogger(name: string, version?: string, options?: { schemaUrl?: string }): Logger
  forceFlush?(options?: { timeoutMillis?: number }): Promise<void>
}

/** What a sink uses of a host's provider: a Logger of our scope, and the flush. */
export interface OpenProvider extends Logger {
  flush(timeoutMillis: number): Promise<void>
}

/** Throws a fatal `no_sdk` for anything but the provider of a started SDK, where records would vanish. */
export function openProvider(provider: LoggerProvider): OpenProvider {
  if (typeof provider?.getLogger !== 'function') throw noSdk('has no getLogger')
  if (typeof provider.forceFlush !== 'function') throw noSdk('has no forceFlush')
  const logger = provider.getLogger(auditScope.name, auditScope.version, { schemaUrl: auditScope.schemaUrl })
  if (typeof logger.enabled !== 'function') throw noSdk('makes loggers without enabled()')
  return {
    emit: (record) => logger.emit(record),
    enabled: (options) => logger.enabled(options),
    flush: async (timeoutMillis) => provider.forceFlush?.({ timeoutMillis }),
  }
}

function noSdk(lack: string): Fault {
  const message =
    `The loggerProvider ${lack}: it is not that of a started SDK, so records would vanish. ` +
    'Pass the LoggerProvider of @opentelemetry/sdk-logs 0.223 or later, or logs.getLoggerProvider() after the SDK was started.'
  return fault({ fault: 'fatal', final: true, code: 'no_sdk', message })
}

/**
 * Throws if the provider would drop one of the records without a word: it was shut down, it has no processor, or the
 * host's configuration leaves such records out. None of this can change while the process runs.
 */
export function refuseDisabled(logger: Logger, records: readonly AuditLogRecord[]): void {
  if (!logger.enabled()) throw disabled()
  const left = records.find(({ severityNumber, eventName }) => !logger.enabled({ severityNumber, eventName }))
  if (left) throw leftOut(left)
}

function disabled(): Fault {
  const message =
    'The LoggerProvider takes no more records: it was shut down, it has no processor, or its configuration disables our Logger. ' +
    'Stop us before you shut the SDK down; the position is kept, and the next start goes on from there.'
  return fault({ fault: 'fatal', final: true, code: 'provider_disabled', message })
}

function leftOut({ eventName, severityNumber }: AuditLogRecord): Fault {
  const message =
    `The LoggerProvider is configured to leave out records such as ${eventName} with the severity ${severityNumber} ` +
    `(a minimum severity, sampling by trace, or a processor). Let the Logger ${auditScope.name} emit everything.`
  return fault({ fault: 'fatal', final: true, code: 'left_out', message })
}
