import type { Clock } from '@asana-audit/core'

export interface SteppedClock extends Clock {
  /** Lets so much time pass, and whatever is due in it happen in its order. */
  pass(ms: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** Time that passes only when the test says so. */
export function steppedClock(start: number = Date.parse('2026-03-01T12:00:00Z')): SteppedClock {
  let now = start
  const timers = new Set<Timer>()
  return {
    now: () => now,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const timer = { at: now + ms, ring: resolve }
        timers.add(timer)
        signal?.addEventListener('abort', () => {
          timers.delete(timer)
          reject(signal.reason)
        })
      }),
    async pass(ms) {
      const until = now + ms
      for (;;) {
        await turns()
        const [next] = [...timers].sort((a, b) => a.at - b.at)
        if (!next || next.at > until) break
        timers.delete(next)
        now = next.at
        next.ring()
      }
      now = until
    },
  }
}

/** Enough for what follows from a timer without waiting for anything else. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
