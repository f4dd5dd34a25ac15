export {
  type CertificatePaths,
  type Certificates,
  type Cut,
  type Environment,
  type NamedPath,
  readCertificates,
  type SettingProblem,
} from '@asana-audit/core'
export { putRecord, type WriteRecord } from './cut.ts'
export { type DecodedRecord, decodeLogs } from './decode-logs.ts'
export {
  type ExporterSinkOptions,
  type ExportResult,
  exporterSink,
  type LogRecordExporter,
} from './exporter-sink.ts'
export { isClaimed } from './file-claim.ts'
export { type FileSinkOptions, fileSink } from './file-sink.ts'
export { jsonLines } from './json-lines.ts'
export type { LineEncoder } from './line-encoder.ts'
export {
  type LineFileOptions,
  type LineFileSink,
  type LineFileSinkOptions,
  lineFileSink,
} from './line-file-sink.ts'
export { type LineStreamSinkOptions, lineStreamSink, type OutputStream } from './line-stream-sink.ts'
export { objectLines } from './object-lines.ts'
export type { Origin, Scope } from './origin.ts'
export { type OtlpEnvOptions, type OtlpOptionsFromEnv, otlpOptionsFromEnv } from './otlp-options-from-env.ts'
export {
  type OtlpCompression,
  type OtlpProtocol,
  type OtlpSink,
  type OtlpSinkOptions,
  type OtlpSinkWriteOptions,
  otlpSink,
} from './otlp-sink.ts'
export { type InputOptions, readLines } from './read-lines.ts'
export { type LineProblem, type ReadRecordsOptions, readRecords } from './read-records.ts'
export type { ReadableRecord, ResourceValue, SdkResource } from './readable-record.ts'
export { type ResourceFromEnv, resourceFromEnv } from './resource-from-env.ts'
export type { OnWarning, SinkWarning } from './sink-warning.ts'
export type { Line } from './split-lines.ts'
export { type StreamSinkOptions, streamSink } from './stream-sink.ts'
