import type { EncodedRequest } from '@asana-audit/core/sink-kit'

/** As much as a pipe of Linux takes at once. */
const writeBytes = 64 * 1024

/**
 * The same bytes in larger pieces, each of whole lines, because one write for each short line costs more than making the line. If making
 * a line fails, the lines before it come first.
 */
export function* joinLines(lines: Iterable<EncodedRequest>): Generator<EncodedRequest> {
  let held: EncodedRequest[] = []
  let size = 0
  try {
    for (const line of lines) {
      if (held.length > 0 && size + line.bytes.length > writeBytes) {
        const piece = joined(held)
        held = []
        size = 0
        yield piece
      }
      held.push(line)
      size += line.bytes.length
    }
  } catch (error) {
    if (held.length > 0) yield joined(held)
    throw error
  }
  if (held.length > 0) yield joined(held)
}

/** A line that is alone is not copied. */
function joined(lines: readonly EncodedRequest[]): EncodedRequest {
  const [first, ...more] = lines
  if (first !== undefined && more.length === 0) return first
  return {
    bytes: Buffer.concat(lines.map(({ bytes }) => bytes)),
    records: lines.reduce((sum, { records }) => sum + records, 0),
  }
}
