import { hourMs } from '../duration.ts'
import type { LedgerHour, LedgerKind } from '../ledger-hour.ts'
import { addHash, type HashSum, hashSum, idHash } from './id-hash.ts'

/** Start of the UTC hour a time (milliseconds since 1970) lies in. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs
}

/** A count and a sum of hashes that can be added to. */
export interface LedgerTotal {
  readonly count: number
  readonly checksum: bigint
}

export const emptyTotal: LedgerTotal = { count: 0, checksum: 0n }

export function addTotals(one: LedgerTotal, other: LedgerTotal): LedgerTotal {
  return { count: one.count + other.count, checksum: addHash(one.checksum, other.checksum) }
}

export function totalOf(id: string): LedgerTotal {
  return { count: 1, checksum: addHash(0n, idHash(id)) }
}

/** Adds up ids by hour and kind. */
export function ledgerDelta(): {
  add(at: number, kind: LedgerKind, id: string): void
  hours(): LedgerHour[]
} {
  const delta = new Map<LedgerKind, Map<number, { count: number; readonly hashes: HashSum }>>()
  return {
    add(at, kind, id) {
      const hours = entryOf(delta, kind, () => new Map())
      const sum = entryOf(hours, hourOf(at), () => ({ count: 0, hashes: hashSum() }))
      sum.count += 1
      sum.hashes.add(id)
    },
    hours: () =>
      [...delta].flatMap(([kind, hours]) =>
        [...hours].map(([hour, { count, hashes }]) => ({ hour, kind, count, checksum: hashes.total() })),
      ),
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const existing = map.get(key)
  if (existing !== undefined) return existing
  const made = make()
  map.set(key, made)
  return made
}
