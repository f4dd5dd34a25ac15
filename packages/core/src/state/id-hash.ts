/**
 * 64 bits of an id. Hashes of a set are added up (modulo 2^64): equal sums and counts almost certainly mean equal sets.
 * Two 32-bit multiply-and-fold hashes with different seeds; fast, and not meant to withstand somebody who picks the ids.
 */
export function idHash(id: string): bigint {
  return (BigInt(fold(id, 0x9e3779b9)) << 32n) | BigInt(fold(id, 0x85ebca6b))
}

/** The sum of two hashes, in the signed range that SQLite keeps. */
export function addHash(one: bigint, other: bigint): bigint {
  return BigInt.asIntN(64, one + other)
}

/** Adds up the hashes of ids. It keeps the sum in two halves, because a bigint for every id would cost more than its hash. */
export interface HashSum {
  add(id: string): void
  total(): bigint
}

export function hashSum(): HashSum {
  let high = 0
  let low = 0
  return {
    add(id) {
      low += fold(id, 0x85ebca6b)
      high += fold(id, 0x9e3779b9) + Math.floor(low / 2 ** 32)
      low %= 2 ** 32
      high %= 2 ** 32
    },
    total: () => BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)),
  }
}

/** Murmur3's steps over UTF-16 code units; gids differ in their last digits, so every bit has to reach every other. */
function fold(text: string, seed: number): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0xcc9e2d51)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
