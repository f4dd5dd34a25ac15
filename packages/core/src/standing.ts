import type { Acceptance } from './contract.ts'

/** What this process knows of a destination, kept over all writes to it, in whatever lane. */
export interface Standing {
  /** Before the first acceptance, and the first after a pause, a refusal says more about the set-up than about a record. */
  acceptedOnce: boolean
  /** Writes in a pause because the set-up is suspected: one more may be tried, as its acceptance would clear it. */
  suspected: number
  /** Records that may be set aside before that all the same: it is on record that the destination took others. */
  unprovenLeft: number
  /** Records refused since the last acceptance. */
  refusedInRow: number
  /** Writes waiting for a fault to pass: while there are any, no other is started. */
  troubled: number
  /** Writes accepted so far, whole or in part: what shows that the destination is up. */
  acceptances: number
  /** Called whenever a trouble is over, or no longer a reason to hold other writes back. */
  readonly waiting: Set<() => void>
}

export function ease({ waiting }: Standing): void {
  for (const wake of waiting) wake()
}

export function newStanding(): Standing {
  return {
    acceptedOnce: false,
    suspected: 0,
    unprovenLeft: 0,
    refusedInRow: 0,
    troubled: 0,
    acceptances: 0,
    waiting: new Set(),
  }
}

/**
 * Where a destination took events in earlier runs, so many refusals in a row are put down to the records before it takes one in
 * this run: a bad event right after a start, with nothing behind it, waits for nobody.
 */
const mostUnproven = 2

/** Refusals of earlier runs count: a wrong set-up must not get more of them by being started again and again. */
export function unprovenAfter(past: Acceptance | undefined): number {
  return past && past.delivered > 0 ? Math.max(0, mostUnproven - past.refusedSince) : 0
}
