import type { Acceptance } from '../contract.ts'
import { type AgeKnowledge, newAgeKnowledge } from './age-knowledge.ts'

/**
 * What this process knows of a destination, and a circuit breaker: `paused` is its open state. All lanes share it, so what one lane
 * learns helps every lane.
 *
 * | state      | means                                                        | a refusal says                    |
 * | ---------- | ------------------------------------------------------------ | --------------------------------- |
 * | `unproven` | nothing was accepted yet, or nothing since the last pause    | more about the set-up than about records |
 * | `proven`   | something was accepted                                       | that the record is at fault       |
 * | `suspect`  | single records do not explain the refusals; another record is sent as a test | nothing yet       |
 * | `paused`   | no other record was taken either                             | nothing: all of it is sent again  |
 *
 * | move        | from                  | to                                                      |
 * | ----------- | --------------------- | ------------------------------------------------------- |
 * | `accept`    | any                   | `proven`; every pause ends at once. Not if it was sent before the pause |
 * | `suspect`   | `unproven`, `proven`  | `suspect`, until the returned function is called        |
 * | `pause`     | `suspect`             | `paused`, until the returned function is called; then `unproven` |
 *
 * In every state a lane may try its next write: if that is accepted, the suspicion ends.
 */
export interface DestinationHealth<R> {
  readonly state: 'unproven' | 'proven' | 'suspect' | 'paused'
  /** Whether something was accepted since the start, or since the last pause. */
  readonly isProven: boolean
  /** Writes accepted so far, whole or in part. */
  readonly acceptances: number
  /** Attempts to write that have begun so far. */
  readonly attempts: number
  /** The latest attempt of which something was accepted. One that began before a refusal says nothing about the set-up after it. */
  readonly lastAccepted: number
  /** Records refused since the last acceptance, in all lanes. */
  rejectedInRow: number
  /** How many records may be quarantined before the first acceptance of this run. Acceptances of earlier runs allow some. */
  quarantineAllowance: number
  readonly age: AgeKnowledge<R>
  /** Whether a write waits for a temporary fault to end. */
  readonly isRetrying: boolean
  /** Returns the number of the attempt, for `accept`. */
  begin(): number
  /** `attempt`: the one of which something was accepted; a new one if it is left out. */
  accept(attempt?: number): void
  /** One more record was refused. */
  refuse(): void
  suspect(): () => void
  /** `wake` is aborted by the next acceptance. */
  pause(wake: AbortController): () => void
  /** A write begins to wait for a temporary fault to end; call the returned function when that wait is over. Then waiting writes check whether they may start. */
  startRetrying(): () => void
  /** Called whenever more writes may start. */
  readonly waiting: Set<() => void>
}

export function newDestinationHealth<R>(given: { readonly isProven?: boolean } = {}): DestinationHealth<R> {
  let isProven = given.isProven ?? false
  let acceptances = 0
  let attempts = 0
  let lastAccepted = 0
  /** The attempts that had begun at the first refusal of the row. */
  let rowFrom = 0
  let inquiries = 0
  let retrying = 0
  /** How many attempts had begun when it was last paused. */
  let pausedAt = 0
  /** Each with the same of its own. */
  const paused = new Map<AbortController, number>()
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const wake of waiting) wake()
  }
  const health: DestinationHealth<R> = {
    rejectedInRow: 0,
    quarantineAllowance: 0,
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
    get attempts() {
      return attempts
    },
    get lastAccepted() {
      return lastAccepted
    },
    get isRetrying() {
      return retrying > 0
    },
    begin() {
      attempts += 1
      return attempts
    },
    accept(attempt = health.begin()) {
      isProven ||= attempt > pausedAt
      acceptances += 1
      lastAccepted = Math.max(lastAccepted, attempt)
      if (attempt > rowFrom) health.rejectedInRow = 0
      health.age.listsInRow = 0
      for (const [wake, at] of paused) if (attempt > at) wake.abort()
    },
    refuse() {
      if (health.rejectedInRow === 0) rowFrom = attempts
      health.rejectedInRow += 1
    },
    suspect() {
      inquiries += 1
      return () => {
        inquiries -= 1
      }
    },
    pause(wake) {
      isProven = false
      health.quarantineAllowance = 0
      pausedAt = attempts
      paused.set(wake, attempts)
      look()
      return () => void paused.delete(wake)
    },
    startRetrying() {
      retrying += 1
      return () => {
        retrying -= 1
        look()
      }
    },
  }
  return health
}

/**
 * If a destination accepted events in earlier runs, this many refusals in a row count as bad records even before it accepts one in
 * this run. Otherwise a single bad event right after a start would wait until another event arrives.
 */
const largestAllowance = 2

/** Refusals of earlier runs count too: restarting a wrong set-up must not quarantine more and more records. */
export function quarantineAllowanceAfter(past: Acceptance | undefined): number {
  return past && past.delivered > 0 ? Math.max(0, largestAllowance - past.rejectedSince) : 0
}
