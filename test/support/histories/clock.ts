import type { Clock } from '../../../packages/core/src/index.ts'
import { timers } from '../../../packages/core/test/support/timers.ts'

export interface HistoryClock extends Clock {
  /** Lets time pass while nothing waits for it. */
  advance(ms: number): void
  /** Stops the time while this work runs, so that its duration does not depend on the machine. */
  during<T>(work: Promise<T>): Promise<T>
}

export const historyStart: number = Date.parse('2026-01-12T09:30:00.400Z')

/**
 * A time that only waiting moves: it jumps to the next moment that something waits for. Before each jump nothing may run for this many
 * turns of the event loop. With few turns, requests outside of `during` take long; with many turns they are short.
 */
export function historyClock(turns: number, random: () => number): HistoryClock {
  let now = historyStart
  let busy = 0
  let isRunning = false
  const waiting = timers(
    () => now,
    () => void run(),
  )

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    for (let quiet = 0; waiting.size > 0; ) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = busy > 0 ? 0 : quiet + 1
      if (quiet < turns) continue
      quiet = 0
      now = Math.max(now, waiting.ringNext() ?? now)
    }
    isRunning = false
  }

  return {
    now: () => now,
    random,
    advance(ms) {
      now += ms
    },
    async during(work) {
      busy += 1
      try {
        return await work
      } finally {
        busy -= 1
      }
    },
    sleep: waiting.sleep,
  }
}
