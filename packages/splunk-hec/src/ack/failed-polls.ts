import { type Clock, type Fault, isFault } from '@asana-audit/core'
import { neverBack } from '@asana-audit/core/sink-kit'
import { askedInVain } from '../answers/judge-answer.ts'
import type { OnHecWarning } from '../settings/hec-warning.ts'

/** A restart of Splunk is over sooner, and nobody need know of it. */
const toleratedMs = 5_000

/**
 * Tells once that requests for acknowledgements fail, and again only after one has worked. Without it a person hears of it when the
 * acknowledgements are overdue, minutes later. Call what it returns with each poll.
 */
export function failedPolls(
  { origin }: URL,
  { clock: given, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  onWarning: OnHecWarning | undefined,
): <T>(poll: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const clock = neverBack(given)
  let failingSince: number | undefined
  let isTold = false

  function failed(found: Fault, since: number): void {
    if (isTold || clock.now() - since < toleratedMs) return
    isTold = true
    const message = `${origin} takes events, but does not say which are indexed: ${found.message} ${askedInVain} What is not acknowledged within ${Math.ceil(timeoutMs / 1_000)} s is sent again, so Splunk may then hold it twice.`
    onWarning?.({ code: 'ack_polls_fail', message })
  }

  return async (poll, signal) => {
    const startedAt = clock.now()
    try {
      const answer = await poll()
      failingSince = undefined
      isTold = false
      return answer
    } catch (error) {
      // A fatal fault needs no warning: whoever catches it reports it.
      if (!signal.aborted && isFault(error) && error.fault !== 'fatal') {
        failingSince ??= startedAt
        failed(error, failingSince)
      }
      throw error
    }
  }
}
