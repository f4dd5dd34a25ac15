import { gunzipSync, gzip as gzipCallback } from 'node:zlib'
import type { Bytes } from './bytes.ts'
import { TooLarge } from './whole-response.ts'

// In one step where it can be: zlib takes memory and a turn of its thread pool for each 16 KiB it puts out, and then copies all of it.

/**
 * Off the main thread. Level 1: of audit events it makes nearly as little as the default level, in half its time. `bytes` must stay
 * as they are until it resolves.
 */
export function gzip(bytes: Uint8Array): Promise<Bytes> {
  // Less than a quarter is left of a page of events; of anything else it takes a few steps more.
  const chunkSize = Math.max(smallestStep, bytes.length >> 2)
  return new Promise((resolve, reject) => {
    gzipCallback(bytes, { level: 1, memLevel: 9, chunkSize }, (error, zipped) => {
      if (error) reject(error)
      else resolve(zipped)
    })
  })
}

/** Throws `TooLarge` where there is more than `maxBytes` in it, and what zlib throws for what is no gzip. */
export function gunzip(bytes: Bytes, maxBytes: number): Bytes {
  if (bytes.length === 0) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: stepFor(bytes) })
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge() : error
  }
}

const smallestStep = 16_384
/** The length it claims to have is not to be trusted with more memory than that. */
const largestStep = 4 * 2 ** 20

/** The last four bytes are the length of what was compressed (RFC 1952, section 2.3.1). One more, or zlib takes a second step to see the end. */
function stepFor(bytes: Bytes): number {
  const claimed = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4)
  return Math.min(Math.max(claimed + 1, smallestStep), largestStep)
}
