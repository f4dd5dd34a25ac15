import { setTimeout as timeout } from 'node:timers/promises'

/** Time and random numbers. Everything that needs them takes a clock as an option, so that tests control them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects with `signal.reason` as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** From 0 to below 1. */
  random(): number
}

/**
 * The same clock; but if it is set back, it goes on from where it was. For who waits until a time: a clock that is set back by an hour would
 * make that wait an hour longer.
 */
export function neverBack(clock: Clock): Clock {
  let ahead = 0
  let latest = Number.NEGATIVE_INFINITY
  return {
    ...clock,
    now() {
      const now = clock.now()
      ahead = Math.max(ahead, latest - now)
      latest = now + ahead
      return latest
    },
  }
}

/** With more than 2^31 - 1 ms, about 24 days, setTimeout fires at once. */
const longestTimer = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    try {
      await timeout(Math.min(ms, longestTimer), undefined, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}
