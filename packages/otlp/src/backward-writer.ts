const slabBytes = 65_536

/**
 * Writes protobuf from its last byte to its first. A length stands before what it measures, so going backwards it
 * is known by the time it is written: one pass, no estimate, nothing moved.
 * Finished messages stay where they are and are never overwritten.
 */
export class BackwardWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(slabBytes)
  #start: number = slabBytes
  #end: number = slabBytes

  /** Bytes of the message written so far. */
  get length(): number {
    return this.#end - this.#start
  }

  /** Hands out the message and begins the next one. */
  finish(): Uint8Array {
    const message = this.#buffer.subarray(this.#start, this.#end)
    this.#end = this.#start
    return message
  }

  /** Forgets what was written since the last `finish`. */
  discard(): void {
    this.#start = this.#end
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[--this.#start] = value
  }

  /** What is encoded already: short, so that a loop beats the call into native code. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.#reserve(length)
    const start = this.#start - length
    const buffer = this.#buffer
    for (let i = 0; i < length; i++) buffer[start + i] = bytes[i]!
    this.#start = start
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    if (value < 0x80) {
      this.byte(value)
    } else if (value < 0x4000) {
      this.byte(value >> 7)
      this.byte((value & 0x7f) | 0x80)
    } else {
      this.#longVarint(value)
    }
  }

  #longVarint(value: number): void {
    let bytes = 1
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++
    this.#reserve(bytes)
    this.#start -= bytes
    let at = this.#start
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#buffer[at++] = (rest % 0x80) | 0x80
    this.#buffer[at] = rest
  }

  /** Any safe integer; a negative one takes ten bytes, as two's complement in 64 bits. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value)
      return
    }
    this.#reserve(10)
    this.#start -= 10
    let rest = BigInt.asUintN(64, BigInt(value))
    for (let at = this.#start; at < this.#start + 9; at++) {
      this.#buffer[at] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#buffer[this.#start + 9] = Number(rest)
  }

  fixed64(low: number, high: number): void {
    this.#reserve(8)
    this.#start -= 8
    this.#buffer.writeUInt32LE(low, this.#start)
    this.#buffer.writeUInt32LE(high, this.#start + 4)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#start -= 8
    this.#buffer.writeDoubleLE(value, this.#start)
  }

  /** UTF-8 with its length in front; half a surrogate pair becomes U+FFFD. */
  string(text: string): void {
    const bytes = this.#ascii(text) || this.#utf8(text)
    this.varint(bytes)
  }

  /** Most names and values are short and ASCII, and there a loop beats the call into native code. 0: not one of them. */
  #ascii(text: string): number {
    const { length } = text
    if (length > 48) return 0
    this.#reserve(length)
    const buffer = this.#buffer
    const start = this.#start - length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return 0
      buffer[start + i] = code
    }
    this.#start = start
    return length
  }

  #utf8(text: string): number {
    const bytes = Buffer.byteLength(text)
    this.#reserve(bytes)
    this.#start -= bytes
    this.#buffer.write(text, this.#start, bytes, 'utf8')
    return bytes
  }

  #reserve(bytes: number): void {
    if (this.#start >= bytes) return
    const { length } = this
    const size = Math.max(slabBytes, 2 * (length + bytes))
    const buffer = Buffer.allocUnsafeSlow(size)
    this.#buffer.copy(buffer, size - length, this.#start, this.#end)
    this.#buffer = buffer
    this.#start = size - length
    this.#end = size
  }
}
