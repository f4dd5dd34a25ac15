import { gunzipSync, gzip as gzipCallback } from 'node:zlib'
import { TooLarge } from './answers/whole-response.ts'
import type { Bytes } from './bytes.ts'

// In one step if possible: for each 16 KiB of output, zlib allocates memory and uses its thread pool once, and then copies everything.

/**
 * Compresses off the main thread. Level 1: for audit events the result is nearly as small as with the default level, in half the time.
 * `bytes` must not change until it resolves.
 */
export function gzip(bytes: Uint8Array): Promise<Bytes> {
  // A page of events shrinks to less than a quarter; other data takes a few more steps.
  const chunkSize = Math.max(smallestStep, bytes.length >> 2)
  return new Promise((resolve, reject) => {
    gzipCallback(bytes, { level: 1, memLevel: 9, chunkSize }, (error, zipped) => {
      if (error) reject(error)
      else resolve(zipped)
    })
  })
}

/** Throws `TooLarge` if the result is over `maxBytes`, and zlib's error for data that is not gzip. */
export function gunzip(bytes: Bytes, maxBytes: number): Bytes {
  if (bytes.length === 0) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: stepFor(bytes) })
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge() : error
  }
}

const smallestStep = 16_384
/** Most memory to allocate for the length that the data claims: that length may be false. */
const largestStep = 4 * 2 ** 20

/** The last four bytes are the uncompressed length (RFC 1952, section 2.3.1). One byte more, or zlib needs a second step to see the end. */
function stepFor(bytes: Bytes): number {
  const claimed = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4)
  return Math.min(Math.max(claimed + 1, smallestStep), largestStep)
}
