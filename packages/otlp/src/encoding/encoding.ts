import type { ByteWriter, RequestFormat } from '@asana-audit/core/sink-kit'
import type { LogRecordHead, PutAttribute } from '@asana-audit/schema/encoder'

/** One of the two forms of OTLP, of which gRPC has the first: an ExportLogsServiceRequest, which is the same as LogsData. */
export interface Encoding extends Omit<RequestFormat<never>, 'into'> {
  readonly writer: (to: ByteWriter) => RecordWriter
}

/** Writes records one after the other. Throws where one cannot be encoded; `begin` starts anew after that. */
export interface RecordWriter {
  begin(): void
  /** An attribute of the record begun. */
  readonly put: PutAttribute
  end(head: LogRecordHead): void
}
