import { hourMs } from '../duration.ts'

/** How long the next window should be, learnt from earlier pages. Lengths are milliseconds of event time. */
export interface WindowLength {
  next(): number
  /** The length to cut a window to that holds far too much; undefined: keep it. */
  splitAt(windowMs: number, firstPageMs: number): number | undefined
  /** Notes that pages of `bytes` in total covered this time. `full`: the bytes of a page that was not the last of its window. */
  learn(coveredMs: number, bytes: number, full: number | undefined): void
}

export interface WindowLengthOptions {
  /** The whole range to read. */
  readonly spanMs: number
  /** Windows read at once. */
  readonly parallel: number
  /** Most bytes that wait for their turn. */
  readonly aheadBytes: number
}

const dayMs = 24 * hourMs
const shortestMs = 1_000
/** Every window ends with an empty page and, on average, half a page: with fewer pages too much of the quota is wasted. */
const fewestPages = 2
const mostPages = 32
/** Pages this long ago count half, so that nights and days, workdays and weekends even out. */
const halfLifeMs = 2 * dayMs

/**
 * A window should hold as many pages as memory allows for each window: longer windows spend fewer requests on the page that ends
 * them. A length at most doubles, so that a window after a quiet time does not cover a busy time as well.
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
