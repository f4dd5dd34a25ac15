import type { Rejected } from '../fault.ts'

/** Places of records that go out in one write, in order. */
export type Write = readonly number[]

/** What became of the first of some writes, and which are left. Every index is in exactly one of these. */
export interface Division {
  readonly accepted: Write
  /** A record that is refused by itself. */
  readonly rejected: Write
  /** Perhaps taken, perhaps not. */
  readonly uncertain: Write
  /** Never an empty one. */
  readonly writes: readonly Write[]
}

/**
 * What a rejection of the first write says about its records. What nobody can tell yet is sent again in halves, until the record
 * at fault is alone. The write begins with what the rejection is about: what `accepted` counts is gone from it.
 * `resendsUncertain`: a write of which an unknown part was taken is halved like one of which nothing was taken.
 */
export function divideWrite(
  [write = [], ...others]: readonly Write[],
  rejection: Rejected,
  resendsUncertain: boolean,
): Division {
  const { at, accepted: before = 0 } = rejection
  const division = (parts: Partial<Division>, ...left: readonly Write[]): Division => ({
    ...{ accepted: [], rejected: [], uncertain: [], ...parts },
    writes: [...left, ...others].filter(({ length }) => length > 0),
  })
  if (typeof at === 'number') {
    const position = at - before
    const parts = { accepted: write.slice(0, position), rejected: write.slice(position, position + 1) }
    return division(parts, write.slice(position + 1))
  }
  const { affected = write.length } = rejection
  if (at === 'some-taken' && !resendsUncertain) {
    return division({ uncertain: write.slice(0, affected) }, write.slice(affected))
  }
  if (affected <= 1) return division({ rejected: write.slice(0, 1) }, write.slice(1))
  const half = Math.ceil(affected / 2)
  return division({}, write.slice(0, half), write.slice(half, affected), write.slice(affected))
}
