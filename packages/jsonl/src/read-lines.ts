import { type Fault, fault } from '@asana-audit/core'
import { codeOf } from '@asana-audit/core/sink-kit'
import { inflate } from './inflate.ts'
import { type Line, splitLines } from './split-lines.ts'

export interface InputOptions {
  /** Bytes, plain or gzip: the stream of a file, standard input, the body of a response. */
  readonly input: AsyncIterable<Uint8Array>
  /** The name of the input in messages, such as its path. */
  readonly name: string
  /**
   * Longest line in bytes. A longer one is skipped: it comes without `bytes`, and `readRecords` reports it (`line_too_long`).
   *
   * Our own sinks write lines below 1 MiB, except for a single larger record.
   * @default 64 MiB
   */
  readonly maxLineBytes?: number | undefined
}

export const mostLineBytes: number = 64 * 2 ** 20

/**
 * The lines of an input, one by one. Memory holds one line, for an input of any length. Rejects with the fatal fault
 * `unreadable_archive` when reading fails.
 */
export async function* readLines({
  input,
  name,
  maxLineBytes = mostLineBytes,
}: InputOptions): AsyncGenerator<Line, void, undefined> {
  if (typeof input !== 'object') {
    throw new TypeError('The option input must be a stream of bytes: for a file, createReadStream(path).')
  }
  let read = 0
  const lines = splitLines(inflate(input), maxLineBytes)
  try {
    for await (const line of lines) {
      read = line.number
      yield line
    }
  } catch (error) {
    throw unreadable(name, read, error)
  }
}

function unreadable(name: string, read: number, error: unknown): Fault {
  const code = codeOf(error)
  const after = read === 0 ? '' : ` after line ${read}`
  const message = code.startsWith('Z_')
    ? `${name} is damaged gzip${after} (${code}): it was cut short or changed. Fetch the file again.`
    : `${name} cannot be read${after} (${code}).`
  return fault({ fault: 'fatal', code: 'unreadable_archive', message, cause: code })
}
