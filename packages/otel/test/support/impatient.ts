import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@asana-audit/core'

/** The time for a write is a minute by default; other waits are shorter. */
const longMs = 60_000
/** As many turns of the event loop as a processor needs for an export. */
const shortTurns = 50

export interface Impatient extends Clock {
  /** Whether a long wait ends at all. */
  isTimeUp: boolean
}

/** A clock whose short waits take some turns of the event loop, and whose long ones take more, or never end. */
export function impatient(isTimeUp = false): Impatient {
  const clock: Impatient = {
    isTimeUp,
    now: Date.now,
    random: () => 0.5,
    async sleep(ms, signal) {
      for (let turns = 0; turns < shortTurns || ms >= longMs; turns += 1) {
        signal?.throwIfAborted()
        if (clock.isTimeUp && turns > shortTurns * 10) return
        await turn()
      }
      signal?.throwIfAborted()
    },
  }
  return clock
}
