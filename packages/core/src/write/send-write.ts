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

/** Why records were not taken. A temporary fault is one that stays, and may be the fault of one of them. */
export type Refusal = Fault<'rejected'> | Fault<'temporary'>

export interface Writer<R> {
  /**
   * One write until it is accepted or refused; resolves with the refusal, which is about what follows the records taken by then.
   * `onTaken` gets how many were, from the front. `isLone`: it is perhaps at fault, and holds no other write back.
   */
  send(
    records: readonly R[],
    onTaken: (count: number) => void,
    isLone?: boolean,
  ): Promise<Refusal | undefined>
  /** Something came to its end: from here on retryPolicy begins anew. */
  moved(): void
}

/** Waits temporary faults out. One that stays may be a record's: after as many failures as `isolateAfter` says it is a refusal. */
export function writer<R>({ sink, health, retryPolicy, hardStop }: WriterOptions<R>): Writer<R> {
  const { clock = systemClock } = retryPolicy
  /** The first failure since something came to its end: `giveUpAfterMs` counts for all of them together. */
  let failingSince: number | undefined

  async function send(
    records: readonly R[],
    onTaken: (count: number) => void,
    isLone = false,
  ): Promise<Refusal | undefined> {
    let left = records
    let failures = 0
    let stays: Fault<'temporary'> | undefined
    let over: (() => void) | undefined
    const attempt = async (timeUp: AbortSignal): Promise<void> => {
      try {
        await sink.write(left, AbortSignal.any([hardStop, timeUp]))
      } catch (error) {
        failingSince ??= clock.now()
        if (!isLone) over ??= health.trouble()
        const found = toFault(error, left.length)
        const { code, message, accepted: taken = 0 } = found
        if (taken > 0) onTaken(taken)
        left = left.slice(taken)
        if (left.length === 0) return
        failures = taken > 0 ? 1 : failures + 1
        if (found.fault !== 'temporary' || failures < (found.isolateAfter ?? Number.POSITIVE_INFINITY))
          throw found
        stays = found
        // What `retry` hands back without a wait.
        throw fault({ fault: 'rejected', code, message, at: 'none-taken' })
      }
      onTaken(left.length)
    }
    try {
      await retry(attempt, { ...retryPolicy, since: failingSince })
      return undefined
    } catch (error) {
      if (!isFault(error) || error.fault !== 'rejected') throw error
      return stays ?? error
    } finally {
      over?.()
    }
  }

  return {
    send,
    moved() {
      failingSince = undefined
    },
  }
}
