/** A value that took one second to make is kept for fifty: making it takes at most a fiftieth of the time. */
const keptPerMaking = 50

/**
 * Keeps a value for `minMs` and longer if it took long to make, so that a request every 100 ms, or thousands of pipelines, take no time from
 * the pipelines. Requests that come meanwhile share it. A failure is not kept. `now` in milliseconds, of a clock that nobody sets back.
 */
export function cached<T>(
  minMs: number,
  make: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: Promise<T> | undefined
  let until = Number.POSITIVE_INFINITY
  return () => {
    if (kept && now() < until) return kept
    const startedAt = now()
    until = Number.POSITIVE_INFINITY
    const made = make()
    kept = made
    made.then(
      () => {
        until = now() + Math.max(minMs, keptPerMaking * (now() - startedAt))
      },
      () => {
        kept = undefined
      },
    )
    return made
  }
}
