import type { Clock } from '@asana-audit/core'

export interface AutoClock extends Clock {
  /** Every wait asked for, in milliseconds. */
  readonly waits: number[]
}

/** Time that passes only by waiting, and then at once. */
export function autoClock(start = Date.parse('2026-03-01T12:00:00Z')): AutoClock {
  let now = start
  const waits: number[] = []
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      waits.push(ms)
      now += ms
      // A turn of the event loop, so that servers and abort signals get theirs.
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
  }
}
