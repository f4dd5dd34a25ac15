import { dayMs, hourMs } from '../../duration.ts'

/**
 * Where windows end, learnt from the density of the pages read so far. Times are milliseconds since 1970. A window keeps its end
 * once its first page has come, so readers of the same range that share a plan make the same requests.
 */
export interface WindowPlan {
  /** The end of the window that starts here; `until` at most. `unreadMs`: what is left to read of the whole range, in all windows. */
  end(start: number, until: number, unreadMs: number): number
  /** The first page of a window has come, and is not its last. Its final end: before `end` if it would hold far too much. */
  fixEnd(start: number, end: number, firstPage: FirstPage): number
  /** All pages of a window have come. */
  read(start: number, end: number, bytes: number): void
}

export interface FirstPage {
  /** From the start of the window to its newest event. */
  readonly coveredMs: number
  /** From its oldest event to its newest; 0 if that cannot be read. */
  readonly eventsMs: number
  /** The memory that the page takes while it waits for its turn. */
  readonly bytes: number
}

export interface WindowPlanOptions {
  /** The whole range to read. */
  readonly from: number
  readonly until: number
  /** Windows read at once. */
  readonly parallel: number
  /** Most bytes that wait for their turn. */
  readonly aheadBytes: number
}

const shortestMs = 1_000
/** The first window is short, so that its events go out while the windows after it are read. */
const firstMs = 2 * dayMs
/** No window is longer, because a burst of events within one window can only be read page after page. */
const longestMs = 4 * dayMs
/** Every window ends with an empty page and, on average, half a page: with fewer pages too much of the quota is wasted. */
const fewestPages = 2
/** Longer windows save little, and the last ones would end at very different times. */
const mostPages = 32
/** Pages this long ago count half, so that nights and days, workdays and weekends even out. */
const halfLifeMs = 2 * dayMs
/** No window is shorter than this part of an even share of the range: it would save little time, and cost an empty page. */
const shortestShare = 0.2
/**
 * A quiet time before the first event of a window counts only for this part. It may be the time before the oldest event of all: windows
 * planned by that would hold more than memory can.
 */
const quietShare = 1 / 24

/**
 * Each window is an even share of what is left, with the rest of the windows that are being read, so that the last ones end at about
 * the same time. It holds no more pages than memory allows. A length at most doubles, so that a window after a quiet time does not
 * cover a busy time as well.
 */
export function windowPlan({ from, until, parallel, aheadBytes }: WindowPlanOptions): WindowPlan {
  const evenMs = (until - from) / parallel
  const ends = new Map<number, number>()
  const fixed = new Set<number>()
  const learnt = new Set<number>()
  let lastMs = Math.min(evenMs, firstMs) / 2
  let coveredMs = 0
  let bytes = 0
  let pageBytes = 2 ** 20

  /** How many pages one window may hold while it waits, if all windows hold as many. */
  const pagesInMemory = (): number => Math.max(fewestPages, Math.floor(aheadBytes / parallel / pageBytes))
  const pages = (): number => Math.min(mostPages, pagesInMemory())

  function nextMs(unreadMs: number): number {
    const share = Math.max(hourMs, shortestShare * evenMs, unreadMs / parallel)
    const byDensity = bytes > 0 ? (coveredMs / bytes) * pageBytes * pages() : Number.POSITIVE_INFINITY
    lastMs = Math.max(shortestMs, Math.min(longestMs, share, 2 * lastMs, byDensity))
    return Math.ceil(lastMs)
  }

  function learn(more: number, moreBytes: number): void {
    const fade = 0.5 ** (more / halfLifeMs)
    coveredMs = coveredMs * fade + more
    bytes = bytes * fade + moreBytes
  }

  return {
    end(start, until, unreadMs) {
      if (parallel === 1) return until
      let end = ends.get(start)
      if (end === undefined) {
        const ms = nextMs(unreadMs)
        // Leave no very short rest: even the smallest window costs two requests.
        end = until - start > 1.5 * ms ? start + ms : until
        ends.set(start, end)
      }
      return Math.min(end, until)
    },
    fixEnd(start, end, page) {
      if (parallel === 1) return end
      if (!fixed.has(start)) {
        fixed.add(start)
        learn(Math.max(page.eventsMs, quietShare * page.coveredMs), page.bytes)
        pageBytes = page.bytes
        const wanted = Math.ceil(Math.max(shortestMs, page.coveredMs * pages()))
        // A window with more pages than memory can hold is read page after page once it is the first.
        const isTooLong = (end - start) / page.coveredMs > Math.min(2 * pages(), 1.25 * pagesInMemory())
        if (isTooLong) lastMs = wanted
        ends.set(start, isTooLong ? start + wanted : end)
      }
      return Math.min(ends.get(start) ?? end, end)
    },
    read(start, end, moreBytes) {
      if (!learnt.has(start)) learn(end - start, moreBytes)
      learnt.add(start)
    },
  }
}
