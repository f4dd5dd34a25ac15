import type { AuditLogRecord } from '@asana-audit/schema'

/** One of the two forms of OTLP over HTTP. Records are encoded one by one, so that a request can be cut by its size. */
export interface Encoding {
  readonly contentType: string
  /** Bytes that `envelope` adds at most, apart from one for each record. */
  readonly overhead: number
  /** One record, valid only inside an envelope. Throws where the record cannot be encoded. */
  record(record: AuditLogRecord): Uint8Array
  /** An ExportLogsServiceRequest (the same as LogsData) of records made by `record`. */
  envelope(records: readonly Uint8Array[]): Uint8Array
}
