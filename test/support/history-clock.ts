import type { Clock } from '../../packages/core/src/index.ts'

export interface HistoryClock extends Clock {
  /** Lets time pass while nobody waits. */
  advance(ms: number): void
}

export const historyStart: number = Date.parse('2026-01-12T09:30:00.400Z')

/**
 * Time that passes only by waiting. A wait takes so many turns of the event loop, in which servers answer and other writes
 * go on: few turns make waits short against a request, many make them long.
 */
export function historyClock(turns: number, random: () => number): HistoryClock {
  let now = historyStart
  return {
    now: () => now,
    random,
    advance(ms) {
      now += ms
    },
    async sleep(ms, signal) {
      now += ms
      for (let turn = 0; turn < turns; turn += 1) {
        signal?.throwIfAborted()
        await new Promise((resolve) => setImmediate(resolve))
      }
      signal?.throwIfAborted()
    },
  }
}
