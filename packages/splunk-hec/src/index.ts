export type { AckOptions } from './acknowledged-channels.ts'
export { type AsanaHecEventOptions, asanaHecEvent } from './asana-hec-event.ts'
export type { HecConnectionOptions } from './hec-connection.ts'
export type { HecEvent, HecMetadata, HecScalar } from './hec-event.ts'
export { type HecHealthOptions, hecHealth } from './hec-health.ts'
export { type HecEnvOptions, type HecOptionsFromEnv, hecOptionsFromEnv } from './hec-options-from-env.ts'
export { type HecSinkOptions, hecSink, type ToHecEvent } from './hec-sink.ts'
export type { HecWarning, OnHecWarning } from './hec-warning.ts'
export { type OtelHecEventOptions, type OtelLogRecord, otelHecEvent } from './otel-hec-event.ts'
export type { ReadableRecord } from './readable-record.ts'
export {
  type HecExportResult,
  SplunkHecLogExporter,
  type SplunkHecLogExporterOptions,
} from './splunk-hec-log-exporter.ts'
