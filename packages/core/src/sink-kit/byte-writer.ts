import type { Bytes } from '../http/bytes.ts'

const smallest = 65_536

/**
 * Bytes in one piece that grow at their end. Texts and blocks go through calls into native code, which Node makes without detours
 * and which beat a loop from a dozen bytes on.
 */
export class ByteWriter {
  /** What was written, up to `length`. Another one after anything that needed room. */
  buffer: Bytes = Buffer.allocUnsafeSlow(smallest)
  length = 0

  /** Makes room for bytes that are then put behind `length` by hand. */
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

  /** Moves what was written from `start` on by some bytes, to make or close a gap in front of it. */
  move(start: number, by: number): void {
    if (by > 0) this.reserve(by)
    this.buffer.copyWithin(start + by, start, this.length)
    this.length += by
  }

  /** Leaves its buffer to whoever has it. */
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
