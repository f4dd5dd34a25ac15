import type { Clock } from '@asana-audit/core'
import { retry } from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from '../archive-warning.ts'

/** How long temporary faults of a store are waited out, in milliseconds. */
export interface GiveUpAfter {
  /** While it never gave an answer that could be used: its address may be wrong. */
  readonly untilFirstAnswer: number
  readonly afterwards: number
}

/** Makes a request, and again after a temporary fault. Each call may be repeated without harm. */
export type Patience = <T>(request: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>

/**
 * Without a time, a request is made once. Warns of the first fault, and again of the next one after the store has answered. Nothing is waited for
 * once `closed` is aborted: a request that nobody awaits any more would keep the process alive.
 */
export function patience(
  giveUpAfterMs: GiveUpAfter | undefined,
  clock: Clock,
  onWarning: OnArchiveWarning | undefined,
  closed: AbortSignal,
): Patience {
  if (!giveUpAfterMs) return (request) => request()
  let hasAnswered = false
  let isTold = false
  return async (request, signal) => {
    const result = await retry(request, {
      ...({ part: 'sink', clock } as const),
      signal: signal ? AbortSignal.any([signal, closed]) : closed,
      failingMs: hasAnswered ? giveUpAfterMs.afterwards : giveUpAfterMs.untilFirstAnswer,
      onFact(fact) {
        if (fact.type === 'resumed') isTold = false
        if (fact.type !== 'retrying' || isTold) return
        isTold = true
        onWarning?.({ code: 'store_waits', message: fact.message })
      },
    })
    hasAnswered = true
    return result
  }
}
