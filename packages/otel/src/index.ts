// Started and stopped with the host.
export {
  type AsanaAuditLogs,
  type AsanaAuditLogsOptions,
  asanaAuditLogs,
  type Ended,
} from './asana-audit-logs.ts'

// Its parts: a wrapper around the host's exporter, and a sink for `deliver` that trusts nothing else.
export {
  type ExportResult,
  type ExportTracking,
  type TrackableExporter,
  type TrackableRecord,
  type TrackedExporter,
  type TrackedOptions,
  tracked,
} from './tracked.ts'
export type { Expectation, ExportCalls, RecordResult, Refusal } from './awaited-results.ts'
export { type LoggerProviderSinkOptions, loggerProviderSink } from './logger-provider-sink.ts'
export type { Logger, LoggerProvider } from './logger-provider.ts'
export type { AuditWarning, OnWarning } from './warning.ts'
