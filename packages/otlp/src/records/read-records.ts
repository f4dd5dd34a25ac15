import { isUtf8 } from 'node:buffer'
import { type InputOptions, type Line, mostLineBytes, readLines } from '@asana-audit/jsonl'
import { type DecodedRecord, decodeLogs } from './decode-logs.ts'

export interface ReadRecordsOptions extends InputOptions {
  /** Called with `{ code, name, line, message }` for each unreadable line. Reading continues. */
  readonly onProblem: (problem: LineProblem) => void
}

/** A line that gave no records. */
export interface LineProblem {
  /**
   * `not_logs_data`: not OTLP logs in JSON, or not UTF-8. `line_too_long`: over `maxLineBytes`. `torn_line`: half a
   * line at the very end, which is being written right now or was left by a crash; its writer writes the records
   * again.
   */
  readonly code: 'not_logs_data' | 'line_too_long' | 'torn_line'
  readonly name: string
  /** Counted from 1, after decompression. */
  readonly line: number
  /** A sentence that names input and line. */
  readonly message: string
}

/**
 * The records of OTLP JSON lines, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/, in their order,
 * one by one: the inverse of `fileSink` and of the Collector's file exporter. Memory holds one line, for an input of
 * any length. Empty lines are skipped. Rejects with the fatal fault `unreadable_archive` when reading fails.
 */
export async function* readRecords({
  onProblem,
  ...options
}: ReadRecordsOptions): AsyncGenerator<DecodedRecord, void, undefined> {
  if (typeof onProblem !== 'function') {
    throw new TypeError('The option onProblem of readRecords is missing. A good value is console.error.')
  }
  const { name, maxLineBytes = mostLineBytes } = options
  for await (const line of readLines(options)) {
    const found = recordsOf(line, maxLineBytes)
    if (Array.isArray(found)) yield* found
    else
      onProblem({
        ...found,
        name,
        line: line.number,
        message: `${name}, line ${line.number}: ${found.message}`,
      })
  }
}

function recordsOf(
  { number, bytes, ended }: Line,
  maxLineBytes: number,
): DecodedRecord[] | Pick<LineProblem, 'code' | 'message'> {
  if (bytes === undefined) {
    return { code: 'line_too_long', message: `longer than ${maxLineBytes} bytes, left out.` }
  }
  if (!isUtf8(bytes)) return unlessTorn(ended, 'it is not UTF-8')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const trimmed = (number === 1 ? text.replace(/^\ufeff/, '') : text).trim()
  if (trimmed === '') return []
  try {
    return decodeLogs(trimmed)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return unlessTorn(ended, error.message)
  }
}

function unlessTorn(ended: boolean, reason: string): Pick<LineProblem, 'code' | 'message'> {
  if (!ended) {
    const message = 'half a line at the end, being written or left by a crash; left out.'
    return { code: 'torn_line', message }
  }
  return { code: 'not_logs_data', message: `no OTLP logs in JSON (${reason}), left out.` }
}
