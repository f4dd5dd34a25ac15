/** Roughly what an entry needs in addition to its characters. */
const entryWeight = 40

/** Characters of all keys, plus `entryWeight` for each: about 80,000 keys of the usual length. */
const defaultCapacity = 6 * 2 ** 20

/** Counts by key in bounded memory. When it is full, new keys are counted together. */
export interface Counter {
  add(key: string): void
  /** The most frequent first, then by key. */
  sorted(): [key: string, count: number][]
  readonly total: number
  /** How many keys there are. */
  readonly size: number
  /** The sum for keys that had no room. */
  readonly others: number
}

export function counter(capacity: number = defaultCapacity): Counter {
  const counts = new Map<string, number>()
  let weight = 0
  let total = 0
  let others = 0
  return {
    add(key) {
      total += 1
      const before = counts.get(key)
      if (before === undefined && weight + key.length + entryWeight > capacity) {
        others += 1
        return
      }
      if (before === undefined) weight += key.length + entryWeight
      counts.set(key, (before ?? 0) + 1)
    },
    sorted: () => [...counts].sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1)),
    get total() {
      return total
    },
    get size() {
      return counts.size
    },
    get others() {
      return others
    },
  }
}
