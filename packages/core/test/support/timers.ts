import type { Clock } from '@asana-audit/core'

/** Waits that end when a test's clock says so. */
export interface Timers {
  readonly sleep: Clock['sleep']
  readonly size: number
  /** Ends the wait that is over first, and gives the time it is until then. Undefined: nobody waits. */
  ringNext(): number | undefined
}

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** `onSleep`: somebody begins to wait for so many milliseconds. */
export function timers(now: () => number, onSleep: (ms: number) => void): Timers {
  const waiting = new Set<Timer>()
  return {
    get size() {
      return waiting.size
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const stop = (): void => {
          waiting.delete(timer)
          reject(signal?.reason)
        }
        const ring = (): void => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const timer = { at: now() + ms, ring }
        waiting.add(timer)
        signal?.addEventListener('abort', stop, { once: true })
        onSleep(ms)
      }),
    ringNext() {
      let next: Timer | undefined
      for (const timer of waiting) if (!next || timer.at < next.at) next = timer
      if (!next) return undefined
      waiting.delete(next)
      next.ring()
      return next.at
    },
  }
}
