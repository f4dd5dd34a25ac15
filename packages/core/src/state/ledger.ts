import { hourMs } from '../duration.ts'
import { addMix, idMix, type MixSum, mixSum } from './id-mix.ts'

/** Start of the UTC hour a time (milliseconds since 1970) lies in. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs
}

/** `quarantined` is what was refused by us or the destination, `uncertain` what it may have taken. */
export type LedgerKind = 'delivered' | 'quarantined' | 'uncertain'

/** What became of the events of one UTC hour of `created_at`: how many, and the sum of the mixes of their ids. */
export interface LedgerHour {
  /** Milliseconds since 1970. */
  readonly hour: number
  readonly kind: LedgerKind
  readonly count: number
  readonly mix: bigint
}

/** A count and a sum of mixes that can be added to. */
export interface Tally {
  readonly count: number
  readonly mix: bigint
}

export const noTally: Tally = { count: 0, mix: 0n }

export function addTally(one: Tally, other: Tally): Tally {
  return { count: one.count + other.count, mix: addMix(one.mix, other.mix) }
}

export function tallyOf(id: string): Tally {
  return { count: 1, mix: addMix(0n, idMix(id)) }
}

/** Adds up ids by hour and kind. */
export function ledgerSheet(): {
  add(at: number, kind: LedgerKind, id: string): void
  hours(): LedgerHour[]
} {
  const sheet = new Map<LedgerKind, Map<number, { count: number; readonly mixes: MixSum }>>()
  return {
    add(at, kind, id) {
      const hours = entryOf(sheet, kind, () => new Map())
      const sum = entryOf(hours, hourOf(at), () => ({ count: 0, mixes: mixSum() }))
      sum.count += 1
      sum.mixes.add(id)
    },
    hours: () =>
      [...sheet].flatMap(([kind, hours]) =>
        [...hours].map(([hour, { count, mixes }]) => ({ hour, kind, count, mix: mixes.total() })),
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
