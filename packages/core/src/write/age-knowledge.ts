import type { Identity } from '../contract.ts'
import { hourMs } from '../duration.ts'

/** What we know of a destination's limit of age. With such a limit, everything it refuses is older than everything it takes. */
export interface AgeKnowledge<R> {
  /** Several records in a row were refused, and age is the only reason we found. */
  hasLimit: boolean
  /** Lists quarantined for their age since the last acceptance. After many of them, that acceptance proves nothing any more. */
  listsInRow: number
  /** The accepted record with the newest event time. It is sent again to test whether the set-up still works. */
  readonly newest: { readonly record: R; readonly identity: Identity } | undefined
  /** Notes an accepted record. `now` is in milliseconds since 1970. */
  taken(record: R, identity: Identity, now: number): void
  /** Whether an event of that time is older than every accepted one. */
  isOlderThanTaken(at: number, now: number): boolean
}

/**
 * A limit moves with time: an event accepted on Monday may be too old on Tuesday. So we also compare ages at the time of sending.
 * A difference counts only if it is larger than the time that a few writes take.
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
    isOlderThanTaken: (at, now) => at < oldestAt || now - at > greatestAgeMs + toleranceMs,
  }
}
