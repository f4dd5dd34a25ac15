import type { Acceptance } from '../contract.ts'
import { type AgeKnowledge, newAgeKnowledge } from './age-knowledge.ts'

/**
 * What this process knows of a destination. All lanes share it: one that learns something learns it for all.
 *
 * | state      | means                                                        | a refusal says                    |
 * | ---------- | ------------------------------------------------------------ | --------------------------------- |
 * | `unproven` | nothing was accepted yet, or nothing since the last pause    | more of the set-up than of records |
 * | `proven`   | something was accepted                                       | that the record is at fault       |
 * | `suspect`  | refusals look like more than single records: another record is sent to tell | nothing yet        |
 * | `paused`   | no other record was taken either                             | nothing: all of it is sent again  |
 *
 * | move        | from                  | to                                                      |
 * | ----------- | --------------------- | ------------------------------------------------------- |
 * | `accept`    | any                   | `proven`; who is paused goes on at once                 |
 * | `suspect`   | `unproven`, `proven`  | `suspect`, until the function it gives back is called   |
 * | `pause`     | `suspect`             | `paused`, until then; after it `unproven`               |
 *
 * No state keeps a lane from trying its next write: what is accepted there clears the suspicion.
 */
export interface DestinationHealth<R> {
  readonly state: 'unproven' | 'proven' | 'suspect' | 'paused'
  /** Whether something was accepted since the start, or since the last pause. */
  readonly isProven: boolean
  /** Writes accepted so far, whole or in part. */
  readonly acceptances: number
  /** Records refused since the last acceptance, in whatever lane. */
  rejectedInRow: number
  /** Records that may be set aside while it is unproven: it is on record that the destination took others. */
  vouchedFor: number
  readonly age: AgeKnowledge<R>
  /** Whether a write waits for a fault to pass. */
  readonly isTroubled: boolean
  accept(): void
  suspect(): () => void
  /** `wake` is aborted by the next acceptance. */
  pause(wake: AbortController): () => void
  /** A write begins to wait for a fault to pass. Once, and again at its end, others that wait look whether they may start. */
  trouble(): () => void
  /** Called whenever more writes may start. */
  readonly waiting: Set<() => void>
}

export function newDestinationHealth<R>(given: { readonly isProven?: boolean } = {}): DestinationHealth<R> {
  let isProven = given.isProven ?? false
  let acceptances = 0
  let inquiries = 0
  let troubles = 0
  const paused = new Set<AbortController>()
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const wake of waiting) wake()
  }
  const health: DestinationHealth<R> = {
    rejectedInRow: 0,
    vouchedFor: 0,
    age: newAgeKnowledge<R>(),
    waiting,
    get state() {
      if (paused.size > 0) return 'paused'
      if (inquiries > 0) return 'suspect'
      return isProven ? 'proven' : 'unproven'
    },
    get isProven() {
      return isProven
    },
    get acceptances() {
      return acceptances
    },
    get isTroubled() {
      return troubles > 0
    },
    accept() {
      isProven = true
      acceptances += 1
      health.rejectedInRow = 0
      health.age.listsInRow = 0
      for (const wake of paused) wake.abort()
    },
    suspect() {
      inquiries += 1
      return () => {
        inquiries -= 1
      }
    },
    pause(wake) {
      isProven = false
      health.vouchedFor = 0
      paused.add(wake)
      look()
      return () => void paused.delete(wake)
    },
    trouble() {
      troubles += 1
      return () => {
        troubles -= 1
        look()
      }
    },
  }
  return health
}

/**
 * Where a destination took events in earlier runs, so many refusals in a row are put down to the records before it takes one in
 * this run: a bad event right after a start, with nothing behind it, waits for nobody.
 */
const mostVouchedFor = 2

/** Refusals of earlier runs count: a wrong set-up must not get more of them by being started again and again. */
export function vouchedForAfter(past: Acceptance | undefined): number {
  return past && past.delivered > 0 ? Math.max(0, mostVouchedFor - past.rejectedSince) : 0
}
