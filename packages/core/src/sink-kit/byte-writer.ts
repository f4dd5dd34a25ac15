import type { Bytes } from '../http/bytes.ts'

const smallest = 65_536

/**
 * One buffer of bytes that grows at its end. Texts and blocks are written by calls into native code, which are faster than a loop
 * from about twelve bytes on.
 */
export class ByteWriter {
  /** The bytes written so far, up to `length`. Replaced by a larger buffer when needed. */
  buffer: Bytes = Buffer.allocUnsafeSlow(smallest)
  length = 0

  /** Makes room for bytes that the caller then writes after `length`. */
  reserve(bytes: number): void {
    if (this.length + bytes > this.buffer.length) this.#grow(bytes)
  }

  /** Leaves bytes to be filled in later. */
  skip(bytes: number): void {
    this.reserve(bytes)
    this.length += bytes
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  /** As UTF-8; half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    this.reserve(3 * text.length)
    this.length += this.buffer.write(text, this.length)
  }

  /** Moves the bytes from `start` on by `by` bytes, to make or close a gap before them. */
  move(start: number, by: number): void {
    if (by > 0) this.reserve(by)
    this.buffer.copyWithin(start + by, start, this.length)
    this.length += by
  }

  /** Starts with a new buffer: the caller keeps the old one. */
  renew(): void {
    this.buffer = Buffer.allocUnsafeSlow(0)
    this.length = 0
  }

  #grow(bytes: number): void {
    const buffer = Buffer.allocUnsafeSlow(Math.max(smallest, 2 * this.length, this.length + bytes))
    buffer.set(this.buffer.subarray(0, this.length))
    this.buffer = buffer
  }
}
