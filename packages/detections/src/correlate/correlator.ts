import { short, textAt } from '../match/text-at.ts'
import type { CorrelationRule } from '../rule.ts'
import { holds } from './holds.ts'
import { compareEntries, type Entry, type KeptGroup, type Occurrence } from './occurrence.ts'

/** A correlation that holds for a group. */
export interface Correlated {
  readonly occurrence: Occurrence
  /** False if it already held within the timespan before: one attack is one hit. */
  readonly isNew: boolean
  /** The values of the rule's `group-by` fields, by name. */
  readonly group: Readonly<Record<string, string>>
  /** The entries in the window, oldest first. */
  readonly entries: readonly Entry[]
}

export interface Correlator {
  /** `part` is the index of the rule that matched. */
  add(part: number, occurrence: Occurrence): readonly Correlated[]
  /** How many entries were dropped because a limit was reached. */
  readonly forgotten: number
  /** What a later correlator of the same rule goes on from: the groups that can still matter, the most recently used of them first. */
  kept(): readonly KeptGroup[]
}

interface Group {
  entries: Entry[]
  /** The end of the latest window in which the rule held. */
  lastHeld: number | undefined
}

/** The most entries of all groups that are kept for a later correlator. */
const mostKept = 2_000
/** The most entries of one group, and of all groups of one rule. */
const mostOfGroup = 10_000
const mostOfRule = 50_000
/** Entries are dropped in batches of this size: each drop moves all other entries. */
const worthwhile = 256

/**
 * The windows of one correlation rule. `latenessMs`: how much older than the newest event of its group an event may
 * be. `before`: what an earlier correlator of this rule kept.
 */
export function createCorrelator(
  rule: CorrelationRule,
  latenessMs: number,
  before: readonly KeptGroup[] = [],
): Correlator {
  const { timespanMs, groupBy, field } = rule
  /** The least recently used group comes first. */
  const groups = new Map<string, Group>(
    before.toReversed().map(({ key, lastHeld, entries }) => [key, { entries: [...entries], lastHeld }]),
  )
  let total = before.reduce((sum, { entries }) => sum + entries.length, 0)
  let newestAt = Math.max(...before.flatMap(({ entries }) => entries.map(({ at }) => at)))
  let forgotten = 0

  function insert(group: Group, entry: Entry): number {
    const index = firstIndex(group.entries, (other) => compareEntries(other, entry) >= 0)
    const there = group.entries[index]
    if (there && compareEntries(there, entry) === 0) return -1
    group.entries.splice(index, 0, entry)
    total += 1
    return index
  }

  /**
   * The group has at least one entry. Drops entries that no window can need any more, and the oldest if a limit is reached: many at a time in a large
   * group.
   */
  function prune(group: Group): void {
    const newest = (group.entries.at(-1) as Entry).at
    const expired = firstIndex(group.entries, ({ at }) => at >= newest - timespanMs - latenessMs)
    const excess = Math.max(0, group.entries.length - expired - mostOfGroup)
    if (expired + excess < Math.min(worthwhile, group.entries.length / 2)) return
    forgotten += excess
    total -= expired + excess
    group.entries.splice(0, expired + excess)
  }

  function makeRoom(): void {
    for (const [key, { entries }] of groups) {
      if (total <= mostOfRule) return
      groups.delete(key)
      total -= entries.length
      forgotten += entries.length
    }
  }

  function judge(group: Group, index: number): { end: number; start: number; isNew: boolean }[] {
    const { entries } = group
    const { at } = entries[index] as Entry
    const found = []
    for (let end = index; end < entries.length && (entries[end] as Entry).at - at <= timespanMs; end++) {
      const endsAt = (entries[end] as Entry).at
      const start = firstIndex(entries, (entry) => endsAt - entry.at <= timespanMs)
      if (!holds(rule, entries, start, end)) continue
      const isNew = group.lastHeld === undefined || Math.abs(endsAt - group.lastHeld) > timespanMs
      group.lastHeld = Math.max(group.lastHeld ?? endsAt, endsAt)
      found.push({ end, start, isNew })
    }
    return found
  }

  return {
    add(part, occurrence) {
      const { at, event } = occurrence
      const gid = short(occurrence.gid)
      const names = groupBy.map(({ name, paths }) => [name, textAt(event, paths[part] ?? name)] as const)
      const value = field === undefined ? undefined : textAt(event, field)
      if (names.some(([, text]) => text === undefined) || (field !== undefined && value === undefined))
        return []
      const key = JSON.stringify(names)
      const group = groups.get(key) ?? { entries: [], lastHeld: undefined }
      groups.delete(key)
      groups.set(key, group)
      newestAt = Math.max(newestAt, at)
      const index = insert(group, { at, gid, part, value })
      if (index === -1) return []
      const named = Object.fromEntries(names) as Record<string, string>
      const found = judge(group, index).map(({ end, start, isNew }) => {
        const window = isNew ? group.entries.slice(start, end + 1) : []
        const last = group.entries[end] as Entry
        return {
          occurrence: { at: last.at, gid: last.gid, event },
          isNew,
          group: named,
          entries: window,
        }
      })
      prune(group)
      makeRoom()
      return found
    },
    get forgotten() {
      return forgotten
    },
    kept() {
      const found: KeptGroup[] = []
      let room = mostKept
      for (const [key, { entries, lastHeld }] of [...groups].reverse()) {
        const isOver = (entries.at(-1) as Entry).at < newestAt - timespanMs - latenessMs
        if (isOver) continue
        room -= entries.length
        if (room < 0) break
        found.push({ key, lastHeld, entries })
      }
      return found
    },
  }
}

/** Binary search: the items for which `test` holds must be the last ones. */
function firstIndex<T>(items: readonly T[], test: (item: T) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (test(items[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}
