import { textAt } from '../match/text-at.ts'
import type { FirstSeenRule } from '../rule.ts'
import { type KnownKey, readPart, shardOf, shards, writePart } from './baseline-text.ts'
import { inForm } from './value-form.ts'

/** A value that its key did not have before. */
export interface NewValue {
  /** The values of the rule's `group-by` fields, by name. */
  readonly group: Readonly<Record<string, string>>
  readonly value: string
}

/** What is usual: the values of each key in the last days. */
export interface Baseline {
  /** The value, if the key has not had it within the days before. Undefined too while the key is learned. */
  add(event: unknown, at: number): NewValue | undefined
  /** How many values were dropped because a limit was reached. */
  readonly forgotten: number
  /** The parts that changed since the last call, by number; undefined for one that is empty now. */
  changes(): ReadonlyMap<number, string | undefined>
}

const dayMs = 86_400_000
/** The most values of one key, and of all keys of one rule. */
const mostOfKey = 100
const mostOfRule = 100_000
/** Keys are dropped in batches: each drop sorts all of them. */
const keptOfRule = 90_000

/**
 * The baseline of one rule. Days are those of UTC: a value counts as seen through the day `days` after its last one. It depends only on
 * the events and their order, not on when it is saved. `before`: the parts that `changes` gave.
 */
export function createBaseline(rule: FirstSeenRule, before: ReadonlyMap<number, string>): Baseline {
  const { groupBy, field, form, days, learningMs } = rule
  const parts = Array.from({ length: shards }, (_, shard) => readPart(before.get(shard)))
  const changed = new Set<number>()
  let total = parts.reduce(
    (sum, keys) => sum + [...keys.values()].reduce((all, key) => all + key.values.size, 0),
    0,
  )
  let forgotten = 0

  function keyOf(name: string, at: number): KnownKey {
    const shard = shardOf(name)
    const keys = parts[shard] as Map<string, KnownKey>
    const known = keys.get(name)
    if (known && known.last >= dayOf(at) - days) {
      if (at < known.since) {
        known.since = at
        changed.add(shard)
      }
      return known
    }
    // Nothing is usual any more: it is learned anew.
    total -= known?.values.size ?? 0
    const fresh: KnownKey = { since: at, last: dayOf(at), values: new Map() }
    keys.set(name, fresh)
    return fresh
  }

  /** Notes the value. Returns whether it was usual. */
  function note(name: string, key: KnownKey, value: string, day: number): boolean {
    const last = key.values.get(value)
    if (last === undefined || last < day) {
      if (last === undefined) total += 1
      key.values.set(value, day)
      changed.add(shardOf(name))
    }
    if (key.last < day) {
      key.last = day
      // A day more than needed, for events that are late.
      for (const [other, seen] of key.values) if (seen < day - days - 1) drop(key, other)
    }
    if (key.values.size > mostOfKey) {
      forgotten += 1
      drop(key, oldest(key))
    }
    return last !== undefined && last >= day - days
  }

  function drop(key: KnownKey, value: string): void {
    key.values.delete(value)
    total -= 1
  }

  function makeRoom(): void {
    if (total <= mostOfRule) return
    const all = parts.flatMap((keys, shard) => [...keys].map(([name, key]) => ({ name, key, shard })))
    all.sort((one, other) => one.key.last - other.key.last || (one.name < other.name ? -1 : 1))
    for (const { name, key, shard } of all) {
      if (total <= keptOfRule) return
      parts[shard]?.delete(name)
      changed.add(shard)
      total -= key.values.size
      forgotten += key.values.size
    }
  }

  return {
    add(event, at) {
      const names = groupBy.map((path) => [path, textAt(event, path)] as const)
      const text = textAt(event, field)
      const value = text === undefined ? undefined : inForm(text, form)
      if (value === undefined || names.some(([, one]) => one === undefined)) return undefined
      const name = JSON.stringify(names.map(([, one]) => one))
      const key = keyOf(name, at)
      const isUsual = note(name, key, value, dayOf(at))
      const isLearned = at - key.since >= learningMs
      makeRoom()
      return isUsual || !isLearned
        ? undefined
        : { group: Object.fromEntries(names) as Record<string, string>, value }
    },
    get forgotten() {
      return forgotten
    },
    changes() {
      const found = new Map([...changed].map((shard) => [shard, writePart(parts[shard] ?? new Map())]))
      changed.clear()
      return found
    },
  }
}

const dayOf = (at: number): number => Math.floor(at / dayMs)

/** Of values of the same day, the first by text: the result does not depend on an order that is not kept. */
function oldest({ values }: KnownKey): string {
  const [[found]] = [...values].sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1)) as [
    [string, number],
  ]
  return found
}
