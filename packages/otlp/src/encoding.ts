// For authors of encodings and of tools that read lines of OTLP JSON, one record or one line at a time.
export { jsonLines } from './encoding/json-lines.ts'
export type { Origin, Scope } from './encoding/origin.ts'
export { putRecord, type WriteRecord } from './encoding/split-into-requests.ts'
export { type DecodedRecord, decodeLogs } from './records/decode-logs.ts'
