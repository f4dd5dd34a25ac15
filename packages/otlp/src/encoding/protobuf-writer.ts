import type { Bytes, ByteWriter } from '@asana-audit/core/sink-kit'

// Protobuf written front to back, https://protobuf.dev/programming-guides/encoding/. A length stands before what it measures: it gets
// the bytes it will most likely need, and what follows is moved where that was wrong.

/** How the value of a field is written (https://protobuf.dev/programming-guides/encoding/#structure). */
export const wireVarint = 0
export const fixed = 1
export const delimited = 2

/** The tag of a field: its number and the form of what follows. */
export function tag(field: number, wireType: number): number {
  return field * 8 + wireType
}

/** For texts that are not the value of an attribute. */
export const noKey: Uint8Array = new Uint8Array()

/** Begins a message whose length probably takes `width` bytes. Pass the returned value to `close`. */
export function open(to: ByteWriter, tagByte: number, width: number): number {
  to.byte(tagByte)
  to.skip(width)
  return to.length
}

export function close(to: ByteWriter, start: number, width: number): void {
  const bytes = to.length - start
  const needed = lengthBytes(bytes)
  if (needed !== width) to.move(start, needed - width)
  putLength(to.buffer, start - width, bytes)
}

/** A whole number from 0 to 2^53 - 1. */
export function varint(to: ByteWriter, value: number): void {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) to.byte((rest % 0x80) | 0x80)
  to.byte(rest)
}

/** Any safe integer; a negative one takes ten bytes, as two's complement in 64 bits. */
export function int64(to: ByteWriter, value: number): void {
  if (value >= 0) {
    varint(to, value)
    return
  }
  let rest = BigInt.asUintN(64, BigInt(value))
  for (let place = 0; place < 9; place++) {
    to.byte(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  to.byte(Number(rest))
}

export function fixed64(to: ByteWriter, low: number, high: number): void {
  const at = to.length
  to.skip(8)
  to.buffer.writeUInt32LE(low, at)
  to.buffer.writeUInt32LE(high, at + 4)
}

export function double(to: ByteWriter, value: number): void {
  const at = to.length
  to.skip(8)
  to.buffer.writeDoubleLE(value, at)
}

/**
 * Writes a text inside nested messages that hold nothing else, except `key` at the beginning of the outermost. `tags`
 * has the tags of the messages and, last, of the text. Half a surrogate pair becomes U+FFFD. Returns the number of
 * bytes of the text; they are the last written.
 */
export function text(to: ByteWriter, tags: readonly number[], key: Uint8Array, value: string): number {
  const { length } = value
  to.reserve(3 * length + key.length + mostHead)
  const { buffer, length: start } = to
  // For ASCII, all lengths are known before writing.
  let at = start + headBytes(tags, key, length)
  const bytes = buffer.write(value, at)
  if (bytes !== length) {
    const moved = start + headBytes(tags, key, bytes)
    if (moved !== at) buffer.copyWithin(moved, at, at + bytes)
    at = moved
  }
  putHead(buffer, at, tags, key, bytes)
  to.length = at + bytes
  return bytes
}

/** The bytes before an empty text. */
export function emptyHead(tags: readonly number[], key: Uint8Array): Uint8Array {
  const head = new Uint8Array(headBytes(tags, key, 0))
  putHead(head, head.length, tags, key, 0)
  return head
}

/**
 * A fast form of `text` for most texts of a record, which are short and ASCII: it copies `head`, made by `emptyHead`
 * with the same number of tags, and adds to its lengths. For other texts it writes nothing and returns false.
 */
export function shortText(to: ByteWriter, head: Uint8Array, tags: number, value: string): boolean {
  const { length } = value
  const { length: start } = to
  const at = start + head.length
  if (head.length + length > 0x80) return false
  to.reserve(head.length + 3 * length)
  const { buffer } = to
  if (!putAscii(buffer, at, value)) return false
  buffer.set(head, start)
  buffer[start + 1]! += length
  for (let level = 1; level < tags; level++) buffer[at + 1 - 2 * level]! += length
  to.length = at + length
  return true
}

/** Up to this length a loop is faster than a call into native code. */
const fewCharacters = 16

/** Returns whether the text is all ASCII. If it is not, ignore the bytes written. */
function putAscii(buffer: Bytes, at: number, text: string): boolean {
  const { length } = text
  if (length > fewCharacters) return buffer.write(text, at) === length
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) return false
    buffer[at + i] = code
  }
  return true
}

/** Writes the same text again. `bytes` is the result of `text`, and nothing may have been written since. */
export function textAgain(to: ByteWriter, tags: readonly number[], key: Uint8Array, bytes: number): void {
  to.reserve(bytes + key.length + mostHead)
  const { buffer, length: start } = to
  const at = start + headBytes(tags, key, bytes)
  buffer.copyWithin(at, start - bytes, start)
  putHead(buffer, at, tags, key, bytes)
  to.length = at + bytes
}

/** Tags and lengths of up to five messages. */
const mostHead = 32

/** The bytes before a text. */
function headBytes(tags: readonly number[], key: Uint8Array, text: number): number {
  const least = 2 * tags.length + key.length
  if (least + text < 0x80) return least
  let bytes = text
  for (let level = tags.length - 1; level > 0; level--) bytes += 1 + lengthBytes(bytes)
  bytes += key.length
  return 1 + lengthBytes(bytes) + bytes - text
}

/** Writes the head backwards from its end, `at`, because each length counts the bytes that follow it. */
function putHead(
  buffer: Uint8Array,
  at: number,
  tags: readonly number[],
  key: Uint8Array,
  text: number,
): void {
  let place = at
  let bytes = text
  for (let level = tags.length - 1; level > 0; level--) {
    place = putBackwards(buffer, place, tags[level]!, bytes)
    bytes = at - place + text
  }
  place -= key.length
  buffer.set(key, place)
  putBackwards(buffer, place, tags[0]!, bytes + key.length)
}

/** Returns the index where they begin. */
function putBackwards(buffer: Uint8Array, end: number, tagByte: number, length: number): number {
  const width = length < 0x80 ? 1 : lengthBytes(length)
  if (width === 1) buffer[end - 1] = length
  else putLength(buffer, end - width, length)
  buffer[end - width - 1] = tagByte
  return end - width - 1
}

/** The size of the varint of a length, which is below 2^32 in any buffer. */
function lengthBytes(length: number): number {
  if (length < 0x80) return 1
  if (length < 0x4000) return 2
  if (length < 0x20_0000) return 3
  return length < 0x1000_0000 ? 4 : 5
}

function putLength(buffer: Uint8Array, at: number, length: number): void {
  let place = at
  let rest = length
  for (; rest >= 0x80; rest >>>= 7) buffer[place++] = (rest & 0x7f) | 0x80
  buffer[place] = rest
}
