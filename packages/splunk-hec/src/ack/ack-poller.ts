import { type Clock, type Fault, fault, isFault, toFault } from '@asana-audit/core'
import { neverBack, raceAbort, waitableMs } from '@asana-audit/core/sink-kit'
import { askedInVain } from '../answers/judge-answer.ts'

export interface AckPollerOptions {
  /** Asks about ids and resolves with those the collector answers "true" for, which may include other ids. */
  readonly ask: (ids: readonly number[], signal: AbortSignal) => Promise<readonly number[]>
  /** Whether "true" for an id can be believed yet. */
  readonly isCertain: (id: number) => boolean
  /** Called once if the poller itself ends the channel, with the fault every waiting caller was rejected with. */
  readonly onOver: (why: Fault) => void
  readonly clock: Clock
  readonly timeoutMs: number
  readonly firstPollMs: number
  readonly slowestPollMs: number
}

/** Polls for all ids of one channel together, as long as somebody waits. */
export interface AckPoller {
  /**
   * Resolves once the collector has said "true" for an id. Rejects with a fault when the channel ends first, or with
   * the reason of an aborted signal; then the id is no longer polled.
   */
  wait(id: number, signal: AbortSignal): Promise<void>
  /** The ids that are waited for. */
  pending(): Iterable<number>
  /** Call this when the result of `isCertain` may have changed. */
  review(): void
  /** Rejects all present and future waits. */
  end(why: Fault): void
}

interface Waiting {
  readonly until: number
  readonly resolve: () => void
  readonly reject: (why: Fault) => void
  /** The collector says "true" only once, so the answer is kept until `isCertain` accepts it. */
  indexed: boolean
}

export function ackPoller(options: AckPollerOptions): AckPoller {
  const { ask, isCertain, onOver, timeoutMs, firstPollMs, slowestPollMs } = options
  const clock = neverBack(options.clock)
  const waiting = new Map<number, Waiting>()
  let ended: Fault | undefined
  /** The running loop; aborted when nobody waits any more. */
  let loop: AbortController | undefined
  let nudge = new AbortController()
  let due = 0
  /** Earliest time of the next poll, if the collector asked for a pause. A new wait does not shorten it. */
  let quietUntil = 0
  let intervalMs = firstPollMs

  function schedule(): void {
    intervalMs = firstPollMs
    const soon = Math.max(clock.now() + firstPollMs, quietUntil)
    if (!loop) {
      due = soon
      loop = new AbortController()
      poll(loop.signal).catch((error: unknown) => over(toFault(error)))
    } else if (soon < due) {
      due = soon
      nudge.abort()
    }
  }

  function remove(id: number, entry: Waiting): void {
    if (waiting.get(id) === entry) waiting.delete(id)
    if (waiting.size > 0) return
    loop?.abort()
    loop = undefined
  }

  async function poll(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await untilDue(stop)
      if (stop.aborted) return
      const found = await exchange(stop)
      if (stop.aborted) return
      if (found?.fault === 'fatal') return over(found)
      if (oldest() <= clock.now()) return over(unanswered(found))
      const askedMs = (found?.fault === 'temporary' && found.retryAfterMs) || 0
      quietUntil = clock.now() + waitableMs(askedMs)
      due = Math.max(clock.now() + intervalMs, quietUntil)
      intervalMs = Math.min(intervalMs * 2, slowestPollMs)
    }
  }

  /** Polls once. Resolves with the fault if it failed: the next poll may succeed. */
  async function exchange(stop: AbortSignal): Promise<Fault | undefined> {
    const ids = [...waiting].flatMap(([id, { indexed }]) => (indexed ? [] : [id]))
    if (ids.length === 0) return undefined
    try {
      for (const id of await ask(ids, stop)) {
        const entry = waiting.get(id)
        if (entry && ids.includes(id)) entry.indexed = true
      }
      review()
      return undefined
    } catch (error) {
      return toFault(error)
    }
  }

  async function untilDue(stop: AbortSignal): Promise<void> {
    for (;;) {
      const ms = Math.min(due, oldest()) - clock.now()
      if (ms <= 0 || stop.aborted) return
      nudge = new AbortController()
      const signal = AbortSignal.any([stop, nudge.signal])
      try {
        await clock.sleep(ms, signal)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
  }

  /** When the next wait times out. */
  function oldest(): number {
    // A map keeps insertion order, so the oldest wait comes first.
    for (const { until } of waiting.values()) return until
    return Number.POSITIVE_INFINITY
  }

  function review(): void {
    for (const [id, entry] of waiting) {
      if (!entry.indexed || !isCertain(id)) continue
      entry.resolve()
      remove(id, entry)
    }
  }

  function unanswered(last: Fault | undefined): Fault {
    const why = last
      ? `The last request for it failed: ${last.message} ${askedInVain}`
      : 'If it lasts, check in its log (splunkd.log) whether it writes to the index.'
    const message = `The collector accepted events but did not acknowledge them within ${timeoutMs} ms. They are sent again on a new channel. ${why}`
    return fault({ fault: 'temporary', code: 'ack_timeout', message })
  }

  function unacknowledged(): Fault {
    const message =
      'The collector accepted events but has not acknowledged them yet. Check in its log (splunkd.log) whether it writes to the index, or raise the timeout.'
    return fault({ fault: 'temporary', code: 'ack_timeout', message })
  }

  function over(why: Fault): void {
    if (ended) return
    end(why)
    onOver(why)
  }

  function end(why: Fault): void {
    ended ??= why
    loop?.abort()
    loop = undefined
    for (const { reject } of waiting.values()) reject(copyOf(why))
    waiting.clear()
  }

  return {
    async wait(id, signal) {
      if (ended) throw copyOf(ended)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const entry: Waiting = { until: clock.now() + timeoutMs, resolve, reject, indexed: false }
      waiting.set(id, entry)
      schedule()
      try {
        await raceAbort(promise, signal)
      } catch (error) {
        // A fault as the reason means that the deadline passed; a stop has another reason.
        throw error === signal.reason && isFault(error) ? unacknowledged() : error
      } finally {
        remove(id, entry)
      }
    },
    pending: () => waiting.keys(),
    review,
    end,
  }
}

/** A copy for each write, because each write adds to its fault how far it got. */
function copyOf(why: Fault): Fault {
  return fault({ ...why, message: why.message, cause: why.cause })
}
