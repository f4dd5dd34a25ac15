import type { AuditLogRecord } from '@asana-audit/schema'
import { jsonLines } from './json-lines.ts'
import { type LineFileOptions, type LineFileSink, lineFileSink } from './line-file-sink.ts'
import type { Origin } from './origin.ts'

export interface FileSinkOptions extends Origin, LineFileOptions {}

/** A `lineFileSink` of OTLP JSON lines. */
export function fileSink(options: FileSinkOptions): LineFileSink<AuditLogRecord> {
  return lineFileSink({ ...options, lines: jsonLines(options, options.onWarning) })
}
