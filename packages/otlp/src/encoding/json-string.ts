import type { ByteWriter } from '@asana-audit/core/sink-kit'

/** For longer texts `JSON.stringify` is faster than a loop, although it makes another string. */
const longestByHand = 48

/**
 * A text in quotes. Half a surrogate pair becomes U+FFFD, as in protobuf: if it were escaped, strict decoders would
 * refuse the request.
 */
export function jsonString(to: ByteWriter, text: string): void {
  if (text.length > longestByHand || !plain(to, text)) to.text(JSON.stringify(text.toWellFormed()))
}

/** Returns false and writes nothing if a character needs an escape or more than one byte. */
function plain(to: ByteWriter, text: string): boolean {
  const { length } = text
  to.reserve(length + 2)
  const { buffer } = to
  const start = to.length + 1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code >= 0x80 || code === quote || code === backslash) return false
    buffer[start + i] = code
  }
  buffer[start - 1] = quote
  buffer[start + length] = quote
  to.length = start + length + 1
  return true
}

const quote = 0x22
const backslash = 0x5c
