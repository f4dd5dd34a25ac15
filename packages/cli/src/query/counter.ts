/** About what an entry takes beside its characters. */
const entryWeight = 40

/** Characters of keys, with `entryWeight` for each: some 80,000 keys of the usual length. */
const defaultCapacity = 6 * 2 ** 20

/** Counts by key in memory that does not grow: once it is full, keys not seen before are counted together. */
export interface Counter {
  add(key: string): void
  /** Most first; equal ones by key. */
  sorted(): [key: string, count: number][]
  readonly total: number
  /** How many keys there are. */
  readonly size: number
  /** What was added under keys there was no room for. */
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
