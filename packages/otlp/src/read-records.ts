import { isUtf8 } from 'node:buffer'
import { type Fault, fault } from '@asana-audit/core'
import { type DecodedRecord, decodeLogs } from './decode-logs.ts'
import { inflate } from './inflate.ts'
import { type Line, splitLines } from './split-lines.ts'

export interface ReadRecordsOptions {
  /** OTLP JSON lines, plain or gzip, told apart by their first bytes: a file's stream, stdin, an answer's body. */
  readonly input: AsyncIterable<Uint8Array>
  /** What messages call the input: a path. */
  readonly name: string
  /** A longer line is a problem and is read past. Default 64 MiB; ours stay below 1 MiB but for a single bigger record. */
  readonly maxLineBytes?: number | undefined
  /** Told of every line that was left out. There is no default: a gap in evidence must be somebody's business. */
  readonly onProblem: (problem: LineProblem) => void
}

/** A line that gave no records. */
export interface LineProblem {
  /**
   * `not_logs_data`: no OTLP logs in JSON, or not UTF-8. `line_too_long`: over `maxLineBytes`. `torn_line`: half a line at the
   * very end, which is being written right now or was left by a crash; whoever wrote it sends its records again.
   */
  readonly code: 'not_logs_data' | 'line_too_long' | 'torn_line'
  readonly name: string
  /** Counted from 1, after decompression. */
  readonly line: number
  /** A sentence that names input and line. */
  readonly message: string
}

/**
 * The records of OTLP JSON lines, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/, in their order, one by
 * one: the inverse of `fileSink` and of the Collector's file exporter. Memory holds one line, whatever the length of the
 * input. Empty lines are passed over. Rejects with the fatal fault `unreadable_archive` when the input cannot be read on.
 */
export async function* readRecords({
  input,
  name,
  maxLineBytes = 64 * 2 ** 20,
  onProblem,
}: ReadRecordsOptions): AsyncGenerator<DecodedRecord, void, undefined> {
  let read = 0
  const lines = splitLines(inflate(input), maxLineBytes)
  const nextLine = async (): Promise<IteratorResult<Line, void>> => {
    try {
      return await lines.next()
    } catch (error) {
      throw unreadable(name, read, error)
    }
  }
  try {
    for (let next = await nextLine(); !next.done; next = await nextLine()) {
      read = next.value.number
      const found = recordsOf(next.value, maxLineBytes)
      if (Array.isArray(found)) yield* found
      else onProblem({ ...found, name, line: read, message: `${name}, line ${read}: ${found.message}` })
    }
  } finally {
    // Closes the input when the caller stops early.
    await lines.return()
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
  const text = bytes.toString('utf8')
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

function unreadable(name: string, read: number, error: unknown): Fault {
  const errno = (error as { code?: unknown } | null)?.code
  const code = typeof errno === 'string' ? errno : 'no code'
  const after = read === 0 ? '' : ` after line ${read}`
  const message = code.startsWith('Z_')
    ? `${name} is damaged gzip${after} (${code}): it was cut short or changed. Fetch it again.`
    : `${name} cannot be read${after} (${code}).`
  return fault({ fault: 'fatal', code: 'unreadable_archive', message, cause: code })
}
