import { type Clock, type Fault, fault, isFault, toFault } from '@asana-audit/core'
import { raceAbort, waitableMs } from '@asana-audit/core/sink-kit'

export interface AckPollerOptions {
  /** Asks about ids, and resolves with those the collector answers "true" for; it may name others. */
  readonly ask: (ids: readonly number[], signal: AbortSignal) => Promise<readonly number[]>
  /** Whether "true" for an id can be believed yet. */
  readonly isCertain: (id: number) => boolean
  /** Told once what everything that waited was rejected with, when the poller itself ends the channel. */
  readonly onOver: (why: Fault) => void
  readonly clock: Clock
  readonly timeoutMs: number
  readonly firstPollMs: number
  readonly slowestPollMs: number
}

/** Asks for all ids of one channel together, for as long as somebody waits. */
export interface AckPoller {
  /**
   * Resolves once the collector has said "true" for an id. Rejects with a fault when the channel ends first, or with the reason of an
   * aborted signal; nobody asks for the id then.
   */
  wait(id: number, signal: AbortSignal): Promise<void>
  /** The ids somebody waits for. */
  pending(): Iterable<number>
  /** To be called when `isCertain` may have changed its mind. */
  review(): void
  /** Rejects everything that waits or will. */
  end(why: Fault): void
}

interface Waiting {
  readonly until: number
  readonly resolve: () => void
  readonly reject: (why: Fault) => void
  /** The collector says "true" only once, so this is kept until it can be believed. */
  indexed: boolean
}

export function ackPoller(options: AckPollerOptions): AckPoller {
  const { ask, isCertain, onOver, clock, timeoutMs, firstPollMs, slowestPollMs } = options
  const waiting = new Map<number, Waiting>()
  let ended: Fault | undefined
  /** The loop under way; aborted when nobody waits any more. */
  let loop: AbortController | undefined
  let nudge = new AbortController()
  let due = 0
  /** What the collector asked for; new waiting does not hurry it. */
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

  /** One question. Resolves with what went wrong: the next one may be answered. */
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

  /** When the next one times out. */
  function oldest(): number {
    // A map keeps the order in which the waiting began.
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
    const also = last ? ` Asking for it failed at last: ${last.message}` : ''
    const message = `The collector took events but did not acknowledge them within ${timeoutMs} ms; they are sent again on a new channel.${also}`
    return fault({ fault: 'temporary', code: 'ack_timeout', message })
  }

  function unacknowledged(): Fault {
    const message =
      'The collector took events and has not acknowledged them yet. See whether its index is written to, in its own log, or give it more time.'
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
        // The time of whoever waits is up: a fault says so, where a stop has some other reason.
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

/** Each write says in the fault it rejects with how far it got. */
function copyOf(why: Fault): Fault {
  return fault({ ...why, message: why.message, cause: why.cause })
}
