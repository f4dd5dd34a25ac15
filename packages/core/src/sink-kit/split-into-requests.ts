import { type Fault, fault, isFault } from '../fault.ts'
import { ByteWriter } from './byte-writer.ts'

/** How records are written into a request. */
export interface RequestFormat<R> {
  /** Bytes of the longest `opening`. */
  readonly room: number
  /** The text before the records, which take this many bytes. */
  readonly opening: (bytes: number) => Uint8Array
  /** The text between two records. */
  readonly separator: Uint8Array
  readonly closing: Uint8Array
  /**
   * Called once for each write. The returned function appends one record to `to` and changes nothing before it. It throws a
   * `rejected` fault (`at` 0) for a record that cannot be sent; the bytes written for that record are removed.
   */
  readonly into: (to: ByteWriter) => (record: R) => void
}

export interface RequestLimits {
  readonly maxRecords?: number
  /** Most bytes of one request, before compression. A single larger record gets a request of its own. */
  readonly maxBytes: number
}

/** The bytes of one request. */
export interface EncodedRequest {
  readonly bytes: Uint8Array
  /** How many records are in it. */
  readonly records: number
}

/** After this many records the size of the whole request is estimated: growing the buffer step by step costs as much as writing. */
const enoughToGuess = 16

/**
 * Splits a write into requests, in order. Records are encoded into one buffer when their request is asked for. If a record cannot be
 * sent, its fault is thrown with its index, after the request with everything before it.
 *
 * The bytes of a request stay valid. With a `lender` they are valid only until the next request is asked for, or the lender is
 * used again.
 */
export function* splitIntoRequests<R>(
  records: readonly R[],
  format: RequestFormat<R>,
  { maxRecords = Number.POSITIVE_INFINITY, maxBytes }: RequestLimits,
  lender?: ByteWriter,
): Generator<EncodedRequest> {
  const writer = lender ?? new ByteWriter()
  const { room, separator, closing } = format
  const write = format.into(writer)
  let held = 0
  let refused: Fault | undefined

  function begin(): void {
    writer.length = 0
    writer.skip(room)
  }

  /** The request with everything before `end`. */
  function* request(end: number): Generator<EncodedRequest> {
    writer.length = end
    writer.bytes(closing)
    const opening = format.opening(end - room)
    const start = room - opening.length
    writer.buffer.set(opening, start)
    const encoded = { bytes: writer.buffer.subarray(start, writer.length), records: held }
    if (!lender) writer.renew()
    held = 0
    yield encoded
  }

  for (let index = 0; index < records.length; index++) {
    if (held === maxRecords) yield* request(writer.length)
    const before = writer.length
    if (held === 0) begin()
    else writer.bytes(separator)
    const start = writer.length
    try {
      write(records[index]!)
    } catch (error) {
      if (!isFault(error) || error.fault !== 'rejected') throw error
      writer.length = before
      const { code, message, cause } = error
      refused = fault({ fault: 'rejected', code, message, at: index, accepted: index, cause })
      break
    }
    if (held > 0 && writer.length + closing.length > maxBytes) {
      const first = Uint8Array.from(writer.buffer.subarray(start, writer.length))
      yield* request(before)
      begin()
      writer.bytes(first)
    }
    held += 1
    if (held === enoughToGuess) {
      const likely = ((writer.length - room) / held) * (Math.min(records.length - index, maxRecords) + 1)
      writer.reserve(Math.min(likely, maxBytes))
    }
  }
  if (held > 0) yield* request(writer.length)
  if (refused) throw refused
}
