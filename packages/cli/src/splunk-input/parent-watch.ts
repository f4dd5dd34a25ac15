import type { Clock } from '@asana-audit/core'

const everyMs = 1_000

/**
 * Calls `onGone` when the process that started this one has ended: inputs have outlived a splunkd that was killed, and then nobody sends a
 * signal. Ends with the signal.
 */
export async function watchParent(clock: Clock, signal: AbortSignal, onGone: () => void): Promise<void> {
  const parent = process.ppid
  try {
    while (process.ppid === parent) await clock.sleep(everyMs, signal)
    onGone()
  } catch {
    // Only the signal ends the sleep.
  }
}
