import type { Identity } from '../contract.ts'
import { hourMs } from '../duration.ts'

/** What a destination has shown of a limit of age: then everything it refuses is older than everything it takes. */
export interface AgeKnowledge<R> {
  /** Several in a row were refused for nothing but their age, as far as can be told. */
  hasLimit: boolean
  /** Lists set aside for their age since the last acceptance: the word of that acceptance does not hold for ever. */
  listsInRow: number
  /** The newest by its own time that was taken: sent again where another record has to tell whether the set-up works. */
  readonly newest: { readonly record: R; readonly identity: Identity } | undefined
  /** Notes what was taken, `now` in milliseconds since 1970. */
  taken(record: R, identity: Identity, now: number): void
  /** Whether everything taken so far is newer than what happened then. */
  isBeyond(at: number, now: number): boolean
}

/**
 * A limit moves with time: what was taken on Monday may be too old on Tuesday. So an age counts as greater than all that were taken
 * also by how old those were when they were sent, if only by more than what passes while a few writes are under way.
 */
const toleranceMs = hourMs

export function newAgeKnowledge<R>(): AgeKnowledge<R> {
  let newest: AgeKnowledge<R>['newest']
  let oldestAt = Number.POSITIVE_INFINITY
  let greatestAgeMs = Number.NEGATIVE_INFINITY
  return {
    hasLimit: false,
    listsInRow: 0,
    get newest() {
      return newest
    },
    taken(record, identity, now) {
      const { at } = identity
      if (!newest || at >= newest.identity.at) newest = { record, identity }
      oldestAt = Math.min(oldestAt, at)
      greatestAgeMs = Math.max(greatestAgeMs, now - at)
    },
    isBeyond: (at, now) => at < oldestAt || now - at > greatestAgeMs + toleranceMs,
  }
}
