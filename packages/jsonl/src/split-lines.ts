const lineFeed = 0x0a

/** One line without its line feed. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Undefined for a line longer than `maxBytes`: it was skipped. */
  readonly bytes: Uint8Array | undefined
  /** False for a last line without a line feed. */
  readonly ended: boolean
}

/** The lines of a stream of bytes. Holds one line and one chunk at a time, and never more of a line than `maxBytes`. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line, void, undefined> {
  let number = 0
  let parts: Uint8Array[] = []
  let length = 0

  function keep(part: Uint8Array): void {
    length += part.length
    if (length > maxBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }

  function line(ended: boolean): Line {
    number += 1
    const bytes = length > maxBytes ? undefined : Buffer.concat(parts, length)
    parts = []
    length = 0
    return { number, bytes, ended }
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end))
      start = end + 1
      yield line(true)
    }
    keep(chunk.subarray(start))
  }
  if (length > 0) yield line(false)
}
