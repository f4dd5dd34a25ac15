const slabBytes = 65_536

/** For longer texts `JSON.stringify` is faster than a loop, although it makes another string. */
const longestByHand = 48

/**
 * Writes JSON as UTF-8 straight into a buffer: most of a record is names and short ASCII values, for which neither a string of the whole
 * nor its conversion is needed. Finished messages stay where they are and are never overwritten.
 */
export class JsonWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(slabBytes)
  #start = 0
  #end = 0

  /** Hands out the message and begins the next one. */
  finish(): Uint8Array {
    const message = this.#buffer.subarray(this.#start, this.#end)
    this.#start = this.#end
    return message
  }

  /** Forgets what was written since the last `finish`. */
  discard(): void {
    this.#end = this.#start
  }

  /** What is JSON already: short, so that a loop beats the call into native code. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.#reserve(length)
    const buffer = this.#buffer
    const end = this.#end
    for (let i = 0; i < length; i++) buffer[end + i] = bytes[i]!
    this.#end = end + length
  }

  /** The same as text. */
  raw(json: string): void {
    this.#reserve(3 * json.length)
    this.#end += this.#buffer.write(json, this.#end, 'utf8')
  }

  /** A text in quotes. Half a surrogate pair becomes U+FFFD, as in protobuf: escaped, it would make strict decoders refuse the request. */
  string(text: string): void {
    if (text.length > longestByHand || !this.#plain(text)) this.raw(JSON.stringify(text.toWellFormed()))
  }

  /** False, with nothing written, where a character needs an escape or more than a byte. */
  #plain(text: string): boolean {
    const { length } = text
    this.#reserve(length + 2)
    const buffer = this.#buffer
    const start = this.#end + 1
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x20 || code >= 0x80 || code === quote || code === backslash) return false
      buffer[start + i] = code
    }
    buffer[start - 1] = quote
    buffer[start + length] = quote
    this.#end = start + length + 1
    return true
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const written = this.#end - this.#start
    const buffer = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (written + bytes)))
    this.#buffer.copy(buffer, 0, this.#start, this.#end)
    this.#buffer = buffer
    this.#start = 0
    this.#end = written
  }
}

const quote = 0x22
const backslash = 0x5c
