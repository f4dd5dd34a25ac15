import type { Clock } from '../clock.ts'

/** Aborted `graceMs` after `stop`; never once the delivery is over. */
export function cutAfter(stop: AbortSignal, graceMs: number, clock: Clock, over: AbortSignal): AbortSignal {
  const cut = new AbortController()
  const countDown = (): void => {
    clock.sleep(graceMs, over).then(
      () => cut.abort(stop.reason),
      () => {}, // Over before the grace was.
    )
  }
  if (stop.aborted) countDown()
  else stop.addEventListener('abort', countDown, { once: true, signal: over })
  return cut.signal
}
