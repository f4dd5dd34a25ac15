import { hourMs } from '../duration.ts'

/** How long the next window should be, learnt from the pages that came. Lengths in milliseconds of event time. */
export interface WindowLength {
  next(): number
  /** A window that turned out to hold far too much is cut to this; undefined: it may stay as it is. */
  splitAt(windowMs: number, firstPageMs: number): number | undefined
  /** Pages of `bytes` in all covered this time. `full`: the bytes of a page that was not the last of its window. */
  learn(coveredMs: number, bytes: number, full: number | undefined): void
}

export interface WindowLengthOptions {
  /** All there is to read. */
  readonly spanMs: number
  /** Windows read at once. */
  readonly parallel: number
  /** Most bytes that wait for their turn. */
  readonly aheadBytes: number
}

const dayMs = 24 * hourMs
const shortestMs = 1_000
/** Every window ends with an empty page and on average half a page: fewer pages would waste too much of the quota. */
const fewestPages = 2
const mostPages = 32
/** As long ago as this counts half: nights and days, workdays and weekends even out. */
const halfLifeMs = 2 * dayMs

/**
 * A window should hold as many pages as the windows ahead of their turn may keep in memory: the longer, the fewer requests are
 * spent on the page that ends each. Lengths at most double, so that a sparse time does not swallow the dense one after it.
 */
export function windowLength({ spanMs, parallel, aheadBytes }: WindowLengthOptions): WindowLength {
  const longestMs = parallel === 1 ? spanMs : Math.min(7 * dayMs, Math.max(hourMs, spanMs / (4 * parallel)))
  let last = parallel === 1 ? spanMs : Math.min(longestMs, dayMs) / 2
  let coveredMs = 0
  let bytes = 0
  let pageBytes = 2 ** 20

  const pages = (): number =>
    Math.min(mostPages, Math.max(fewestPages, Math.floor(aheadBytes / parallel / pageBytes)))

  return {
    next() {
      const known = bytes > 0 ? (coveredMs / bytes) * pageBytes * pages() : Number.POSITIVE_INFINITY
      last = Math.max(shortestMs, Math.min(longestMs, 2 * last, known))
      return Math.ceil(last)
    },
    splitAt(windowMs, firstPageMs) {
      if (parallel === 1) return undefined
      const wanted = Math.max(shortestMs, firstPageMs * pages())
      if (windowMs <= 2 * wanted) return undefined
      last = wanted
      return Math.ceil(wanted)
    },
    learn(more, moreBytes, full) {
      const fade = 0.5 ** (more / halfLifeMs)
      coveredMs = coveredMs * fade + more
      bytes = bytes * fade + moreBytes
      if (full !== undefined) pageBytes = full
    },
  }
}
