import { minuteMs } from '../duration.ts'

export interface PollPaceOptions {
  /** The longest wait while events come now and then, in milliseconds. */
  readonly pollMs: number
  /** The longest wait while none come, in milliseconds. Not less than `pollMs`. */
  readonly maxPollMs: number
}

/** What the pace needs to know of a page. */
export interface PacedPage {
  /** Nothing new: the page is empty, or repeats what came before. */
  readonly isLast: boolean
  /** How many entries it has. */
  readonly count: number
  /** The page size it was asked with; undefined: the server's default. */
  readonly limit: number | undefined
  /** How far its newest event is behind the present, in milliseconds. */
  readonly behindMs: number
}

export interface PollPace {
  /** How long to wait after this page before the next request, in milliseconds. With 0 there may be more already. */
  after(page: PacedPage): number
}

/** The first wait: no new event waits longer than this for its request while events come. */
const shortestMs = 1_000

/** By Asana's documentation no full page is smaller than this, unless a smaller `limit` was asked for. */
const smallestFullPage = 100

/**
 * Only a reader that is this close to the present can have reached the end of the log without an empty page. Asana does not promise that
 * a small page is the last one, so a reader further behind goes on at once, whatever the size of its pages.
 */
const closeMs = minuteMs

/**
 * How often to ask. Without a wait while there is more to read; a second after the last events; then twice as long after each empty page, up
 * to `maxPollMs`. The next event brings it back to a second. No clock: the waits depend on the pages alone.
 */
export function pollPace({ pollMs, maxPollMs }: PollPaceOptions): PollPace {
  const firstMs = Math.min(shortestMs, pollMs)
  let largest = smallestFullPage
  let waitMs = firstMs
  return {
    after({ isLast, count, limit, behindMs }) {
      if (isLast) {
        waitMs = Math.min(Math.max(waitMs * 2, 1), maxPollMs)
        return waitMs
      }
      waitMs = firstMs
      const isFull = count >= (limit ?? largest)
      largest = Math.max(largest, count)
      return isFull || behindMs > closeMs ? 0 : firstMs
    },
  }
}
