import type { Clock } from '@asana-audit/core'
import { timers } from './timers.ts'

export interface AutoClock extends Clock {
  /** Every wait asked for, in milliseconds. */
  readonly waits: number[]
  /** Time stands still while this is under way. */
  during<T>(work: Promise<T>): Promise<T>
}

/** Time that passes only by waiting: with each turn of the event loop to the next that is waited for. */
export function autoClock(start: number = Date.parse('2026-03-01T12:00:00Z')): AutoClock {
  let now = start
  let busy = 0
  let isRunning = false
  const waits: number[] = []
  const waiting = timers(
    () => now,
    (ms) => {
      waits.push(ms)
      void run()
    },
  )

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    while (waiting.size > 0) {
      // A turn of the event loop, so that servers and abort signals get theirs.
      await new Promise((resolve) => setImmediate(resolve))
      if (busy === 0) now = Math.max(now, waiting.ringNext() ?? now)
    }
    isRunning = false
  }

  return {
    waits,
    now: () => now,
    random: () => 0.5,
    sleep: waiting.sleep,
    async during(work) {
      busy += 1
      try {
        return await work
      } finally {
        busy -= 1
      }
    },
  }
}
