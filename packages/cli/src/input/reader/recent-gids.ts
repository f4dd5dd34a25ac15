import { createHash } from 'node:crypto'

/** Slots of one table, each two words; 16 MiB a table. A power of two. */
const slots = 2 ** 21
const slotBits = 21
const mostInTable = 1_500_000

/**
 * Returns whether a gid was seen before, among at least the last 1.5 million, in constant memory. Exact for Asana's gids (up to 18
 * digits are stored whole). Of other gids, 63 bits of a hash are kept.
 */
export function recentGids(): (gid: string) => boolean {
  let table = new Uint32Array(2 * slots)
  let older: Uint32Array | undefined
  let count = 0
  return (gid) => {
    const [high, low] = words(gid)
    if (older && older[slotOf(older, high, low)] !== 0) return true
    const slot = slotOf(table, high, low)
    if (table[slot] !== 0) return true
    table[slot] = high
    table[slot + 1] = low
    count += 1
    if (count === mostInTable) {
      older = table
      table = new Uint32Array(2 * slots)
      count = 0
    }
    return false
  }
}

/** Two words of 32 bits, the first never 0: that marks an empty slot. */
function words(gid: string): [high: number, low: number] {
  if (/^[1-9]\d{0,17}$/.test(gid)) return [1 + Number(gid.slice(0, -9)), Number(gid.slice(-9))]
  const hash = createHash('sha256').update(gid).digest()
  return [(hash.readUInt32LE(0) | 0x8000_0000) >>> 0, hash.readUInt32LE(4)]
}

/** The slot of these words, or the empty slot for them. */
function slotOf(table: Uint32Array, high: number, low: number): number {
  let index = (Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b)) >>> (32 - slotBits)
  while (table[2 * index] !== 0 && (table[2 * index] !== high || table[2 * index + 1] !== low)) {
    index = (index + 1) % slots
  }
  return 2 * index
}
