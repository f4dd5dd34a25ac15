import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { type FetchedPage, readyPage, waitingBytes, waitingPage } from '../pages/fetched-page.ts'
import { newestIn, oldestIn } from '../pages/page-times.ts'
import { type Head, plannedWindows, type Reading, reading, type Window } from './read-window.ts'
import type { WindowPlan } from './window-plan.ts'

/** Assumed until the first page: an empty page says nothing about the size of others. */
const usualPageBytes = 2 ** 20

export interface ReadAheadOptions {
  readonly fetch: (
    at: { startAt: string | undefined; offset: string | undefined },
    endAt: string,
    signal: AbortSignal,
  ) => Promise<FetchedPage<string>>
  /** The window where reading continues, with its offset. The rest up to `until` is split into windows while reading. */
  readonly head: Head
  /** RFC 3339, exclusive. */
  readonly until: string
  /** The assumed time of the oldest event if `head` has no start: milliseconds since 1970. */
  readonly oldest: number
  /** Windows read at once. */
  readonly parallel: number
  /** Most bytes of pages that wait for their turn. */
  readonly aheadBytes: number
  /** Readers of the same range may share it, so that they make the same requests. */
  readonly plan: WindowPlan
}

export interface ReadAhead {
  /** The next page in the order of time; undefined at the end. Rejects with the fault of its window. */
  next(): Promise<FetchedPage<string> | undefined>
  /** Reads the rest of the first window again, from this time on. */
  restart(startAt: string | undefined): void
  /** Aborts the requests under way and waits for their end. */
  stop(): Promise<void>
}

/**
 * Reads a time range in several windows at once (prefetch) and returns their pages in order. The length of a window follows the
 * density of events. Pages wait for their turn as the bytes that came, up to `aheadBytes`; the first window always reads on. The
 * caller must check that its pages bring headway.
 */
export function readAhead(options: ReadAheadOptions): ReadAhead {
  const { until, oldest, parallel, aheadBytes, plan } = options
  const untilMs = millisAt(until)
  const windows = plannedWindows(options.head, untilMs)
  const stopped = new AbortController()
  const underWay = new Set<Promise<void>>()
  /** Undefined until the first page: before it, the page size is unknown. */
  let pageBytes: number | undefined
  let heldBytes = 0
  let wake = (): void => {}

  const startOf = ({ startAt }: Pick<Window, 'startAt'>): number => millisOf(startAt) ?? oldest
  const endOf = (window: Window): string =>
    window.until === untilMs ? until : new Date(window.until).toISOString()

  /** Begins the next window that is not read yet. */
  function begin(): boolean {
    const window = windows.find(({ reading }) => !reading)
    if (!window) return false
    splitWindow(window, plan.end(startOf(window), window.until, unreadMs()))
    window.reading = reading(window.startAt)
    return true
  }

  /** How much of the range is left to read, with the rest of the windows that are being read. */
  function unreadMs(): number {
    return windows.reduce((sum, window) => sum + restMs(window), 0)
  }

  function restMs(window: Window): number {
    const { over = false, newest = Number.NEGATIVE_INFINITY } = window.reading ?? {}
    return over ? 0 : Math.max(0, window.until - Math.max(startOf(window), newest))
  }

  /** How many bytes of events there are to a millisecond, in the pages that have come. 0 before the first page. */
  function density(): number {
    let bytes = 0
    let ms = 0
    for (const { reading: current, ...window } of windows) {
      if (!current || !(current.newest > startOf(window))) continue
      bytes += current.bytes
      ms += current.newest - startOf(window)
    }
    return ms > 0 ? bytes / ms : 0
  }

  function splitWindow(window: Window, middle: number): void {
    if (middle >= window.until) return
    const startAt = new Date(middle).toISOString()
    windows.splice(windows.indexOf(window) + 1, 0, { startAt, until: window.until, reading: undefined })
    window.until = middle
  }

  function pump(): void {
    if (stopped.signal.aborted) return
    const most = pageBytes === undefined ? 1 : parallel
    const hasRoom = (): boolean =>
      pageBytes !== undefined && heldBytes + (underWay.size + 1) * pageBytes <= aheadBytes
    const open = (): number => windows.filter((window) => window.reading && !window.reading.over).length
    // The first window is read even over the limits; otherwise nothing would move.
    while (((open() < most && hasRoom()) || !windows[0]?.reading) && begin()) {}
    // The windows before a window will need this memory first. A window that finds no room is read page after page in its turn.
    let nearerBytes = 0
    const bytesPerMs = density()
    for (const window of windows) {
      const { reading: current } = window
      if (current && !current.over && !current.fetching) {
        const isAwaited = window === windows[0] && current.pages.length === 0
        const mayRead = !current.isStill && hasRoom() && heldBytes + nearerBytes <= aheadBytes
        if (isAwaited || mayRead) fetchNext(window, current)
      }
      const hasBegun = current && current.bytes > 0
      if (hasBegun && window !== windows[0]) nearerBytes += bytesPerMs * restMs(window)
    }
  }

  function fetchNext(window: Window, current: Reading): void {
    current.fetching = true
    const fetched = options
      .fetch(current, endOf(window), stopped.signal)
      .then((page) => arrived(window, current, page))
      .catch((error: unknown) => {
        current.failed = { error }
        current.over = true
      })
      .finally(() => {
        current.fetching = false
        underWay.delete(fetched)
        pump()
        wake()
      })
    underWay.add(fetched)
  }

  function arrived(window: Window, current: Reading, page: FetchedPage<string>): void {
    if (window.reading !== current) return
    const from = startOf(window)
    const isFirst = current.offset === undefined
    const newest = newestIn(page)
    const isAwaited = window === windows[0] && current.pages.length === 0
    const held = isAwaited ? readyPage(page) : waitingPage(page)
    const bytes = waitingBytes(page)
    // The last page of a window is often small, so a small page lowers the expected size only a little.
    pageBytes = Math.max(bytes, 0.95 * (pageBytes ?? usualPageBytes))
    if (isFirst && current.maySplit && newest >= from && page.offset !== undefined) {
      const firstPage = { coveredMs: newest - from, eventsMs: newest - oldestIn(page) || 0, bytes }
      const end = plan.fixEnd(from, window.until, firstPage)
      if (end < window.until) {
        // An offset is bound to its `end_at`, so the page is asked for again with the new one.
        splitWindow(window, end)
        window.reading = reading(current.startAt)
        return
      }
    }
    current.pages.push(held)
    heldBytes += waitingBytes(held)
    current.bytes += bytes
    current.offset = page.offset
    current.isStill = !(newest > current.newest)
    if (!current.isStill) current.newest = newest
    current.over = page.isEmpty || page.offset === undefined
    if (current.over && current.maySplit) plan.read(from, window.until, current.bytes)
  }

  return {
    async next() {
      for (;;) {
        const [window] = windows
        if (!window) return undefined
        const { reading: current } = window
        const page = current?.pages.shift()
        if (current && page) {
          heldBytes -= waitingBytes(page)
          if (page.isEmpty) windows.shift()
          pump()
          return page
        }
        if (current?.failed) throw current.failed.error
        if (current?.over) {
          windows.shift()
          continue
        }
        const changed = new Promise<void>((resolve) => {
          wake = resolve
        })
        pump()
        await changed
      }
    },
    restart(startAt) {
      const [window] = windows
      if (!window) return
      for (const page of window.reading?.pages ?? []) heldBytes -= waitingBytes(page)
      window.reading = reading(startAt, false)
    },
    async stop() {
      stopped.abort()
      await Promise.all(underWay)
    },
  }
}
