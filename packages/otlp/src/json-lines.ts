import type { AuditLogRecord } from '@asana-audit/schema'
import { type Cut, cut } from './cut.ts'
import { jsonEncoding } from './json-encoding.ts'
import type { Origin } from './origin.ts'
import type { OnWarning } from './sink-warning.ts'

/** Readers such as the collector's otlp_json_file receiver cut lines at 1 MiB by default and lose what follows. */
const maxLineBytes = 1024 * 1024
const maxRecords = 1000

/**
 * Lines of OTLP JSON, one LogsData each, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/, line feed
 * included. A line stays below 1 MiB unless a single record needs more.
 */
export function jsonLines(
  origin: Origin,
  onWarning?: OnWarning,
): (records: readonly AuditLogRecord[]) => Generator<Cut> {
  const encoding = jsonEncoding(origin)
  const lineFeed = Buffer.from('\n')
  return function* (records) {
    for (const line of cut(records, itself, encoding, { maxRecords, maxBytes: maxLineBytes - 2 })) {
      const bytes = Buffer.concat([line.bytes, lineFeed])
      if (bytes.length >= maxLineBytes) onWarning?.(longLine(bytes.length))
      yield { bytes, records: line.records }
    }
  }
}

const itself = (record: AuditLogRecord): AuditLogRecord => record

function longLine(bytes: number): Parameters<OnWarning>[0] {
  const message = `One record takes a line of ${bytes} bytes. Set max_log_size of the otlp_json_file receiver, or what limits your reader, above that.`
  return { code: 'long_line', message }
}
