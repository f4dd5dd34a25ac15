import type { ByteWriter, EncodedRequest } from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import type { OnWarning } from '../settings/sink-warning.ts'
import { jsonEncoding } from './json-encoding.ts'
import type { Origin } from './origin.ts'
import { putRecord, splitRecords, type WriteRecord } from './split-into-requests.ts'

/** Readers such as the collector's otlp_json_file receiver cut lines at 1 MiB by default and lose the rest. */
const maxLineBytes = 1024 * 1024
const maxRecords = 1000

/**
 * Lines of OTLP JSON, one LogsData each, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/, line feed
 * included. A line stays below 1 MiB unless a single record needs more. `writeRecord`: for items that are not records.
 * The bytes of a line stay valid; written into `to`, only until the next line is asked for.
 */
export function jsonLines<T = AuditLogRecord>(
  origin: Origin,
  onWarning?: OnWarning,
  writeRecord: WriteRecord<T> = putRecord as WriteRecord<unknown> as WriteRecord<T>,
): (items: readonly T[], to?: ByteWriter) => Generator<EncodedRequest> {
  const encoding = jsonEncoding(origin)
  const line = { ...encoding, closing: Buffer.concat([encoding.closing, Buffer.from('\n')]) }
  const limits = { maxRecords, maxBytes: maxLineBytes - 1 }
  return function* (items, to) {
    for (const request of splitRecords(items, writeRecord, line, limits, to)) {
      const { length } = request.bytes
      if (length >= maxLineBytes) onWarning?.(longLine(length))
      yield request
    }
  }
}

function longLine(bytes: number): Parameters<OnWarning>[0] {
  const message = `One record needs a line of ${bytes} bytes. Set max_log_size of the otlp_json_file receiver, or the line limit of your reader, above that.`
  return { code: 'long_line', message }
}
