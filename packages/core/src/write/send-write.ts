import { systemClock } from '../clock.ts'
import type { Sink } from '../contract.ts'
import { type Fault, fault, isFault, toFault } from '../fault.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import type { DestinationHealth } from './destination-health.ts'

export interface WriterOptions<R> {
  readonly sink: Sink<R>
  readonly health: DestinationHealth<R>
  readonly retryPolicy: RetryPolicy
  /** Ends the attempt in flight; `retryPolicy.signal` only ends the waits between attempts. */
  readonly hardStop: AbortSignal
}

/** Why records were not accepted. A temporary fault here did not go away; one of the records may cause it. */
export type Refusal = Fault<'rejected'> | Fault<'temporary'>

export interface Writer<R> {
  /**
   * Sends one write until it is accepted or refused. Resolves with the refusal, which is about the records after the accepted ones.
   * `onTaken` gets how many were accepted, from the front. `isLone`: the record may be at fault, so other writes do not wait for it.
   */
  send(
    records: readonly R[],
    onTaken: (count: number) => void,
    isLone?: boolean,
  ): Promise<Refusal | undefined>
  /** A record was decided: the time of `giveUpAfterMs` starts again. */
  moved(): void
  /** The number of the last attempt, for `DestinationHealth.accept`. */
  readonly attempt: number
}

/** Waits out temporary faults. After `isolateAfter` failures in a row a fault counts as a refusal, as a record may cause it. */
export function writer<R>({ sink, health, retryPolicy, hardStop }: WriterOptions<R>): Writer<R> {
  const { clock = systemClock } = retryPolicy
  /** The first failure since a record was decided: `giveUpAfterMs` counts from there, over several sends. */
  let failingSince: number | undefined
  let attemptNumber = 0

  async function send(
    records: readonly R[],
    onTaken: (count: number) => void,
    isLone = false,
  ): Promise<Refusal | undefined> {
    let left = records
    let failures = 0
    let lastingFault: Fault<'temporary'> | undefined
    let endRetrying: (() => void) | undefined
    const attempt = async (timeUp: AbortSignal): Promise<void> => {
      attemptNumber = health.begin()
      try {
        await sink.write(left, AbortSignal.any([hardStop, timeUp]))
      } catch (error) {
        failingSince ??= clock.now()
        if (!isLone) endRetrying ??= health.startRetrying()
        const found = toFault(error, left.length)
        const { code, message, accepted: taken = 0 } = found
        if (taken > 0) onTaken(taken)
        left = left.slice(taken)
        if (left.length === 0) return
        failures = taken > 0 ? 1 : failures + 1
        if (found.fault !== 'temporary' || failures < (found.isolateAfter ?? Number.POSITIVE_INFINITY))
          throw found
        lastingFault = found
        // `retry` passes a rejected fault through at once.
        throw fault({ fault: 'rejected', code, message, at: 'none-taken' })
      }
      onTaken(left.length)
    }
    try {
      await retry(attempt, { ...retryPolicy, since: failingSince })
      return undefined
    } catch (error) {
      if (!isFault(error) || error.fault !== 'rejected') throw error
      return lastingFault ?? error
    } finally {
      endRetrying?.()
    }
  }

  return {
    send,
    moved() {
      failingSince = undefined
    },
    get attempt() {
      return attemptNumber
    },
  }
}
