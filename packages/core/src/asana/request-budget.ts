import { type Clock, neverBack, systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { waitableMs } from '../http/answers/retry-after.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'

export interface RequestBudgetOptions {
  /**
   * Most requests in a minute. Asana allows 1,500 on paid plans and 150 on free ones.
   *
   * The default leaves room for other programs that use the token.
   * @default 1_200
   */
  readonly perMinute?: number
  /**
   * Most requests at once. 50 is Asana's own limit.
   * @default 50
   */
  readonly inFlight?: number
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock
}

const names: OptionNames<RequestBudgetOptions> = { perMinute: true, inFlight: true, clock: true }

/**
 * The rate limit (throttle) of one token, shared by everything that uses the token. Asana counts rejected requests too, so
 * faster requests after a 429 make it worse. https://developers.asana.com/docs/rate-limits
 *
 * It may be an object of your own, for example one that several processes share.
 */
export interface RequestBudget {
  /**
   * Resolves when a request may start; call the result once it is over. Rejects with `signal.reason` once aborted. It may reject with a
   * temporary fault: the request is then tried again later, as after a fault of Asana's.
   */
  take(signal?: AbortSignal): Promise<() => void>
  /** No request starts for this long, ten minutes at most: the `Retry-After` of one request applies to all. */
  hold(ms: number): void
  /** The total time that requests have waited for their turn. */
  readonly waitedMs?: number
}

/** How many requests may start at once after a quiet spell, as a share of a minute's worth. */
const burst = 1 / 60

export function requestBudget(options: RequestBudgetOptions = {}): RequestBudget {
  refuseUnknownOptions('requestBudget', names, options)
  const { perMinute = 1_200, inFlight = 50 } = options
  const clock = neverBack(options.clock ?? systemClock)
  const spacingMs = minuteMs / perMinute
  const toleranceMs = spacingMs * Math.max(1, perMinute * burst)
  /** When the next request is due at an even rate; it may start up to `toleranceMs` sooner. */
  let due = 0
  let heldUntil = 0
  let running = 0
  let waitedMs = 0
  const waiting: (() => void)[] = []

  async function slot(signal: AbortSignal | undefined): Promise<void> {
    while (running >= inFlight) {
      signal?.throwIfAborted()
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    signal?.throwIfAborted()
    running += 1
  }

  function release(): void {
    running -= 1
    // Wake all, not one: an aborted waiter would use up the turn.
    for (const wake of waiting.splice(0)) wake()
  }

  return {
    async take(signal) {
      const asked = clock.now()
      await slot(signal)
      try {
        const now = clock.now()
        due = Math.max(due, now)
        const start = Math.max(due - toleranceMs, heldUntil)
        due += spacingMs
        if (start > now) await clock.sleep(start - now, signal)
        // Another request's 429 may hold the budget meanwhile.
        while (heldUntil > clock.now()) await clock.sleep(heldUntil - clock.now(), signal)
      } catch (error) {
        release()
        throw error
      }
      waitedMs += clock.now() - asked
      let released = false
      return () => {
        if (!released) release()
        released = true
      }
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.now() + waitableMs(ms))
      // No burst afterwards, so that waiting requests do not all start at once.
      due = Math.max(due, heldUntil + toleranceMs)
    },
    get waitedMs() {
      return waitedMs
    },
  }
}
