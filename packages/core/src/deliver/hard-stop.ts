import type { Clock } from '../clock.ts'

/** A signal that is aborted `graceMs` after `stop`, unless the delivery is over before. */
export function hardStopAfter(
  stop: AbortSignal,
  graceMs: number,
  clock: Clock,
  over: AbortSignal,
): AbortSignal {
  const hardStop = new AbortController()
  const countDown = (): void => {
    clock.sleep(graceMs, over).then(
      () => hardStop.abort(stop.reason),
      () => {}, // The delivery ended before the grace did.
    )
  }
  if (stop.aborted) countDown()
  else stop.addEventListener('abort', countDown, { once: true, signal: over })
  return hardStop.signal
}
