import type { Rejected } from '../fault.ts'

/** The indexes of the records sent in one write, in order. */
export type Write = readonly number[]

/** The outcome of the first write, and the writes still to send. Every index is in exactly one of these. */
export interface Division {
  readonly accepted: Write
  /** A record that was refused when it was sent alone. */
  readonly rejected: Write
  /** Nobody knows whether these were taken. */
  readonly uncertain: Write
  /** No write in this list is empty. */
  readonly writes: readonly Write[]
}

/**
 * Applies a rejection to the first write. Records that cannot be judged yet are sent again in halves, until the bad record
 * (a poison message) is alone. The write must begin after the records that `accepted` counts.
 * `resendsUncertain`: halve a write also when an unknown part of it was taken, as if nothing was taken.
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
