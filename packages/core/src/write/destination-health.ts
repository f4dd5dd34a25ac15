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
 * | `paused`   | the other record was refused too                             | nothing: all of it is sent again  |
 *
 * | move        | from                  | to                                                      |
 * | ----------- | --------------------- | ------------------------------------------------------- |
 * | `accept`    | any                   | `proven`; every pause ends at once. An attempt from before the pause does neither |
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
  /** The number of the latest attempt with an acceptance. An attempt from before a refusal says nothing about the set-up after that refusal. */
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
  /** Notes an acceptance. `attempt` is the number from `begin`; without it, a new attempt is counted. */
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
  /** How many attempts had begun at the first of the refusals in a row. */
  let attemptsAtFirstRefusal = 0
  let inquiries = 0
  let retrying = 0
  /** How many attempts had begun at the start of the last pause. */
  let attemptsAtLastPause = 0
  /** The pauses that go on now: how to wake each, and how many attempts had begun at its start. */
  const paused = new Map<AbortController, number>()
  const waiting = new Set<() => void>()
  const wakeWaiting = (): void => {
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
      isProven ||= attempt > attemptsAtLastPause
      acceptances += 1
      lastAccepted = Math.max(lastAccepted, attempt)
      if (attempt > attemptsAtFirstRefusal) health.rejectedInRow = 0
      health.age.listsInRow = 0
      for (const [wake, attemptsAtPause] of paused) if (attempt > attemptsAtPause) wake.abort()
    },
    refuse() {
      if (health.rejectedInRow === 0) attemptsAtFirstRefusal = attempts
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
      attemptsAtLastPause = attempts
      paused.set(wake, attempts)
      wakeWaiting()
      return () => void paused.delete(wake)
    },
    startRetrying() {
      retrying += 1
      return () => {
        retrying -= 1
        wakeWaiting()
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
