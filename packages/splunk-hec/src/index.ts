export type { AckOptions } from './ack/acknowledged-channels.ts'
export { type AsanaHecEventOptions, asanaHecEvent } from './events/asana-hec-event.ts'
export type { HecEvent, HecMetadata, HecScalar } from './events/hec-event.ts'
export { type OtelHecEventOptions, type OtelLogRecord, otelHecEvent } from './events/otel-hec-event.ts'
export type { ReadableRecord } from './events/readable-record.ts'
export type { HecConnectionOptions } from './hec-connection.ts'
export { type HecHealthOptions, hecHealth } from './hec-health.ts'
export { type HecSinkOptions, hecSink, type ToHecEvent } from './hec-sink.ts'
export { hecOptionsFromEnv } from './settings/hec-options-from-env.ts'
export type { HecEnvOptions, HecOptionsFromEnv } from './settings/read-hec-settings.ts'
export type { HecWarning, OnHecWarning } from './settings/hec-warning.ts'
export {
  type HecExportResult,
  SplunkHecLogExporter,
  type SplunkHecLogExporterOptions,
} from './splunk-hec-log-exporter.ts'
