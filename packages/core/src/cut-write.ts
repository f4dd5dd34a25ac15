import { type Fault, isFault } from './fault.ts'

export interface CutLimits {
  readonly maxRecords?: number
  /** Of one request before compression. A single record that is larger gets a request of its own. */
  readonly maxBytes: number
  /** Bytes of a request besides its records. One byte is counted for what stands between two records. Default 0. */
  readonly overhead?: number
}

/**
 * Cuts a write into requests, in order. A record is encoded only when its request is asked for. `encode` throws a `rejected`
 * fault for a record that cannot be sent; it comes out with the record's index, after the request of everything before it.
 */
export function* cutWrite<R>(
  records: readonly R[],
  encode: (record: R) => Uint8Array,
  { maxRecords = Number.POSITIVE_INFINITY, maxBytes, overhead = 0 }: CutLimits,
): Generator<readonly Uint8Array[]> {
  let parts: Uint8Array[] = []
  let bytes = overhead
  let refused: Fault | undefined
  for (const [index, record] of records.entries()) {
    let part: Uint8Array
    try {
      part = encode(record)
    } catch (error) {
      if (!isFault(error)) throw error
      refused = Object.assign(error, { at: index, accepted: index })
      break
    }
    if (parts.length > 0 && (parts.length === maxRecords || bytes + part.length + 1 > maxBytes)) {
      yield parts
      parts = []
      bytes = overhead
    }
    parts.push(part)
    bytes += part.length + 1
  }
  if (parts.length > 0) yield parts
  if (refused) throw refused
}
