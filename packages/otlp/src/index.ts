export {
  type CertificatePaths,
  type Certificates,
  type EncodedRequest,
  type Environment,
  type NamedPath,
  readCertificates,
  type SettingProblem,
} from '@asana-audit/core'
export { jsonLines } from './encoding/json-lines.ts'
export type { Origin, Scope } from './encoding/origin.ts'
export { putRecord, type WriteRecord } from './encoding/split-into-requests.ts'
export {
  type ExporterSinkOptions,
  type ExportResult,
  exporterSink,
  type LogRecordExporter,
} from './exporter/exporter-sink.ts'
export type { ReadableRecord, ResourceValue, SdkResource } from './exporter/readable-record.ts'
export { type FileSinkOptions, fileSink } from './file-sink.ts'
export {
  type OtlpCompression,
  type OtlpProtocol,
  type OtlpSink,
  type OtlpSinkOptions,
  type OtlpSinkWriteOptions,
  otlpSink,
} from './otlp-sink.ts'
export { type DecodedRecord, decodeLogs } from './records/decode-logs.ts'
export { type LineProblem, type ReadRecordsOptions, readRecords } from './records/read-records.ts'
export {
  type OtlpEnvOptions,
  type OtlpOptionsFromEnv,
  otlpOptionsFromEnv,
} from './settings/otlp-options-from-env.ts'
export { type ResourceFromEnv, resourceFromEnv } from './settings/resource-from-env.ts'
export type { OnWarning, SinkWarning } from './settings/sink-warning.ts'
export { type StreamSinkOptions, streamSink } from './stream-sink.ts'
