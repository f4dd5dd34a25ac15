import { type Fault, fault, isFault } from '../fault.ts'
import { ByteWriter } from './byte-writer.ts'

/** How records become a request. */
export interface RequestFormat<R> {
  /** Bytes of the longest `opening`. */
  readonly room: number
  /** What stands before records that take so many bytes. */
  readonly opening: (bytes: number) => Uint8Array
  /** What stands between two records. */
  readonly separator: Uint8Array
  readonly closing: Uint8Array
  /**
   * Called once for a write; what it makes puts one record at the end of `to`, without touching what is there. It throws a
   * `rejected` fault (`at` 0) for a record that cannot be sent, and what it wrote of it is taken back.
   */
  readonly into: (to: ByteWriter) => (record: R) => void
}

export interface RequestLimits {
  readonly maxRecords?: number
  /** Of one request before compression. A single record that is larger gets a request of its own. */
  readonly maxBytes: number
}

/** A request. */
export interface EncodedRequest {
  readonly bytes: Uint8Array
  /** How many records are in it. */
  readonly records: number
}

/** So many records tell how large the whole request will be: growing towards it costs as much as writing it. */
const enoughToGuess = 16

/**
 * Splits a write into requests, in order. Records are written when their request is asked for, one after the other into one
 * buffer. The fault of a record that cannot be sent comes out with its index, after the request of everything before it.
 *
 * The bytes of a request stay as they are, but of a `lender` they are only lent: until the next request is asked for, or
 * the lender is used again.
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

  /** The request of what stands before `end`. */
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
