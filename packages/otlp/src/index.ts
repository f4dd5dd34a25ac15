// To a collector, a file or a stream.
export { type OtlpSink, type OtlpSinkOptions, type OtlpSinkWriteOptions, otlpSink } from './otlp-sink.ts'
export { type FileSinkOptions, fileSink } from './file-sink.ts'
export { type StreamSinkOptions, streamSink } from './stream-sink.ts'
export type { OnWarning, SinkWarning } from './settings/sink-warning.ts'

// Through an exporter of the SDK.
export {
  type ExporterSinkOptions,
  type ExportResult,
  exporterSink,
  type LogRecordExporter,
} from './exporter/exporter-sink.ts'
export type { ReadableRecord, ResourceValue, SdkResource } from './exporter/readable-record.ts'

// Settings by the variables of OpenTelemetry.
export { otlpOptionsFromEnv } from './settings/otlp-options-from-env.ts'
export type { OtlpEnvOptions, OtlpOptionsFromEnv } from './settings/read-otlp-settings.ts'
export type { OtlpCompression, OtlpProtocol } from './settings/read-otlp-settings.ts'
export { type ResourceFromEnv, resourceFromEnv } from './settings/resource-from-env.ts'

// Back from files.
export { type LineProblem, type ReadRecordsOptions, readRecords } from './records/read-records.ts'
export type { DecodedRecord } from './records/decode-logs.ts'

// Under `/encoding`: one line, one record at a time. Not exported: the writers of protobuf and JSON.
