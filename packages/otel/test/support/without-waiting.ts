import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@asana-audit/core'
import { vi } from 'vitest'

/** Far more than any history needs. */
const mostTurns = 300_000

const clock: Clock = {
  now: Date.now,
  random: () => 0.5,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(resolve, ms)
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

/**
 * Runs work for which time passes at once: with each turn of the event loop the next timer rings. The SDK takes no clock, so its
 * timers are Vitest's.
 */
export async function withoutWaiting<T>(work: (clock: Clock) => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let isOver = false
    const end = work(clock).then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error
      },
    )
    void end.then(() => {
      isOver = true
    })
    for (let turns = 0; !isOver; turns += 1) {
      if (turns > mostTurns) throw new Error('It does not end.')
      await turn()
      vi.advanceTimersToNextTimer()
    }
    return (await end)()
  } finally {
    vi.useRealTimers()
  }
}
