import type { Identity, Sink } from '../contract.ts'
import type { RetryPolicy } from '../retry.ts'
import type { DestinationHealth } from './destination-health.ts'

export interface Unaccepted {
  /** Which of the records it is. */
  readonly index: number
  readonly kind: 'rejected' | 'uncertain'
  /** The code of the fault, or `too_old`. */
  readonly code: string
  readonly reason: string
}

export interface WriteOutcome {
  /** The indexes of the records that the sink accepted. */
  readonly accepted: readonly number[]
  /** The records that go to the quarantine. */
  readonly unaccepted: readonly Unaccepted[]
}

/** Refusals in a row in one lane, across its writes, and the pause they lead to. */
export interface Streak {
  rejected: number
  /** How many attempts to write had begun when the streak began. */
  attempts: number
  /** The pause of the lane for a wrong set-up, while there is one. Settles at its end. */
  pause?: Promise<void> | undefined
}

/** A record with the identity of its event. */
export interface Identifiable<R> {
  readonly record: R
  readonly identity: Identity
}

/** What to do with a write if an unknown part of it was taken. */
export type UncertainPolicy = 'quarantine' | 'stop' | 'resend'

export interface DeliverWriteOptions<R> {
  readonly records: readonly R[]
  /** The identities of the records, in the same order. Without them no record counts as too old. */
  readonly identities?: readonly Identity[] | undefined
  readonly sink: Sink<R>
  readonly health: DestinationHealth<R>
  /**
   * The refusals in a row of the write's lane.
   * @default its own
   */
  readonly streak?: Streak | undefined
  /** Gets a record of an event after that time (milliseconds since 1970), if there is one. It may be sent ahead of its turn. */
  readonly newerThan?: ((at: number) => Promise<Identifiable<R> | undefined>) | undefined
  readonly retryPolicy: RetryPolicy
  /**
   * What to do if an unknown part of the write was taken. See `deliver`.
   * @default `quarantine`
   */
  readonly onUncertain?: UncertainPolicy | undefined
  /** Ends the attempt in flight; `retryPolicy.signal` only ends the waits between attempts. */
  readonly hardStop: AbortSignal
  /** How many records, and which of them, by index. */
  readonly onAccepted?: (records: number, indexes: readonly number[]) => void
}
