import type { Clock } from '@asana-audit/core'

export interface AutoClock extends Clock {
  /** Every wait asked for, in milliseconds. */
  readonly waits: number[]
  /** Time stands still while this is under way. */
  during<T>(work: Promise<T>): Promise<T>
}

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** Time that passes only by waiting: with each turn of the event loop to the next that is waited for. */
export function autoClock(start: number = Date.parse('2026-03-01T12:00:00Z')): AutoClock {
  let now = start
  let busy = 0
  let isRunning = false
  const waits: number[] = []
  const timers = new Set<Timer>()

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    while (timers.size > 0) {
      // A turn of the event loop, so that servers and abort signals get theirs.
      await new Promise((resolve) => setImmediate(resolve))
      const next = busy > 0 ? undefined : soonest(timers)
      if (!next) continue
      timers.delete(next)
      now = Math.max(now, next.at)
      next.ring()
    }
    isRunning = false
  }

  return {
    waits,
    now: () => now,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        waits.push(ms)
        const stop = (): void => {
          timers.delete(timer)
          reject(signal?.reason)
        }
        const ring = (): void => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const timer = { at: now + ms, ring }
        timers.add(timer)
        signal?.addEventListener('abort', stop, { once: true })
        void run()
      }),
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

function soonest(timers: ReadonlySet<Timer>): Timer | undefined {
  let found: Timer | undefined
  for (const timer of timers) if (!found || timer.at < found.at) found = timer
  return found
}
