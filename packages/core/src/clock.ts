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
