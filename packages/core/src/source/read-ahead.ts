import { millisAt, millisOf, parseMillis } from '@asana-audit/schema/lossless'
import type { FetchedPage } from './page-reader.ts'
import { windowLength } from './window-length.ts'

/** Until one has come: an empty page says nothing about how large they are. */
const usualPageBytes = 2 ** 20

/** A part of the time to read. */
interface Window {
  /** RFC 3339; undefined: from the oldest event there is. */
  readonly startAt: string | undefined
  /** Milliseconds since 1970, exclusive. */
  until: number
  /** Undefined: nobody reads it yet, and it may be cut. */
  reading: Reading | undefined
}

interface Reading {
  startAt: string | undefined
  offset: string | undefined
  /** Pages whose turn has not come, with the events of the window before them. */
  readonly pages: FetchedPage[]
  bytes: number
  fetching: boolean
  /** The newest time in its pages so far, in milliseconds since 1970. */
  newest: number
  /** Its last page brought no newer time: it may go round in circles, so no page more is asked for before its turn. */
  isStill: boolean
  over: boolean
  failed: { readonly error: unknown } | undefined
  /** False where some of it has been given out already. */
  readonly maySplit: boolean
}

/** The page whose turn it is, and the window it is of. */
export interface Turn {
  readonly page: FetchedPage
  /** RFC 3339; undefined: the oldest event. */
  readonly startAt: string | undefined
  readonly endAt: string
}

export interface ReadAheadOptions {
  readonly fetch: (
    at: { startAt: string | undefined; offset: string | undefined },
    endAt: string,
    signal: AbortSignal,
  ) => Promise<FetchedPage>
  /** The window reading goes on in, with the offset it was left at; the rest up to `until` is cut as it shows. */
  readonly head: {
    readonly startAt: string | undefined
    readonly offset: string | undefined
    readonly endAt: string | undefined
  }
  /** RFC 3339, exclusive. */
  readonly until: string
  /** Where planning takes the oldest event to be, where `head` does not say: milliseconds since 1970. */
  readonly oldest: number
  /** Windows read at once. */
  readonly parallel: number
  /** Most bytes of pages that wait for their turn. */
  readonly aheadBytes: number
}

export interface ReadAhead {
  /** In the order of time; undefined at the end. Rejects with what the reading of the window failed with. */
  next(): Promise<Turn | undefined>
  /** What is left of the window whose turn it is, anew. */
  restart(startAt: string | undefined): void
  /** Abandons what is under way and waits for it to end. */
  stop(): Promise<void>
}

/**
 * Reads a time in several windows at once and gives their pages in order. Windows are cut as their density shows; pages wait
 * for their turn as bytes, up to `aheadBytes`, and the window whose turn it is always goes on. Whether it gets on is for whoever
 * takes its pages to judge.
 */
export function readAhead(options: ReadAheadOptions): ReadAhead {
  const { until, oldest, parallel, aheadBytes } = options
  const untilMs = millisAt(until)
  const windows = planned(options, untilMs)
  const length = windowLength({
    spanMs: untilMs - (millisOf(windows[0]?.startAt) ?? oldest),
    parallel,
    aheadBytes,
  })
  const stopped = new AbortController()
  const underWay = new Set<Promise<void>>()
  /** Undefined until the first page: nobody knows before how much is asked for at once. */
  let pageBytes: number | undefined
  let held = 0
  let wake = (): void => {}

  const startOf = ({ startAt }: Window): number => millisOf(startAt) ?? oldest
  const endOf = (window: Window): string =>
    window.until === untilMs ? until : new Date(window.until).toISOString()

  /** Begins the next window with what nobody reads yet. */
  function begin(): boolean {
    const window = windows.find(({ reading }) => !reading)
    if (!window) return false
    const ms = length.next()
    // No scrap at the end: it would cost the two requests that the smallest window costs.
    if (window.until - startOf(window) > 1.5 * ms) splitWindow(window, ms)
    window.reading = reading(window.startAt)
    return true
  }

  function splitWindow(window: Window, ms: number): void {
    const middle = startOf(window) + ms
    const startAt = new Date(middle).toISOString()
    windows.splice(windows.indexOf(window) + 1, 0, { startAt, until: window.until, reading: undefined })
    window.until = middle
  }

  function pump(): void {
    if (stopped.signal.aborted) return
    const most = pageBytes === undefined ? 1 : parallel
    const hasRoom = (): boolean =>
      pageBytes !== undefined && held + (underWay.size + 1) * pageBytes <= aheadBytes
    const open = (): number => windows.filter((window) => window.reading && !window.reading.over).length
    // The first window is read even over the limits; otherwise nothing would move.
    while (((open() < most && hasRoom()) || !windows[0]?.reading) && begin()) {}
    for (const window of windows) {
      const { reading: current } = window
      if (!current || current.over || current.fetching) continue
      const isAwaited = window === windows[0] && current.pages.length === 0
      if (isAwaited || (!current.isStill && hasRoom())) fetchNext(window, current)
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

  function arrived(window: Window, current: Reading, page: FetchedPage): void {
    if (window.reading !== current) return
    const from = startOf(window)
    const bytes = page.body.length
    const isFirst = current.offset === undefined
    const newest = newestIn(page)
    const coveredMs = isFirst ? newest - from : Number.NaN
    // The last page of a window says nothing about the next.
    pageBytes = Math.max(bytes, 0.95 * (pageBytes ?? usualPageBytes))
    if (coveredMs >= 0 && page.offset !== undefined) {
      length.learn(coveredMs, bytes, bytes)
      const ms = current.maySplit ? length.splitAt(window.until - from, coveredMs) : undefined
      if (ms !== undefined) {
        // An offset is bound to its `end_at`, so the page is asked for again with the new one.
        splitWindow(window, ms)
        window.reading = reading(current.startAt)
        return
      }
    }
    current.pages.push(page)
    held += bytes
    current.bytes += bytes
    current.offset = page.offset
    current.isStill = !(newest > current.newest)
    if (!current.isStill) current.newest = newest
    current.over = page.isEmpty || page.offset === undefined
    if (current.over) length.learn(window.until - from, current.bytes, undefined)
  }

  return {
    async next() {
      for (;;) {
        const [window] = windows
        if (!window) return undefined
        const { reading: current } = window
        const page = current?.pages.shift()
        if (current && page) {
          const turn = { page, startAt: current.startAt, endAt: endOf(window) }
          held -= page.body.length
          if (page.isEmpty) windows.shift()
          pump()
          return turn
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
      for (const page of window.reading?.pages ?? []) held -= page.body.length
      window.reading = reading(startAt, false)
    },
    async stop() {
      stopped.abort()
      await Promise.all(underWay)
    },
  }
}

function planned({ head }: ReadAheadOptions, until: number): Window[] {
  const { startAt, offset, endAt } = head
  const isOver = (millisOf(startAt) ?? Number.NEGATIVE_INFINITY) >= until
  if (endAt === undefined) return isOver ? [] : [{ startAt, until, reading: undefined }]
  const middle = millisAt(endAt)
  const rest = middle < until ? [{ startAt: endAt, until, reading: undefined }] : []
  return [{ startAt, until: middle, reading: { ...reading(startAt, false), offset } }, ...rest]
}

function reading(startAt: string | undefined, maySplit = true): Reading {
  return {
    maySplit,
    startAt,
    offset: undefined,
    pages: [],
    bytes: 0,
    fetching: false,
    newest: Number.NEGATIVE_INFINITY,
    isStill: false,
    over: false,
    failed: undefined,
  }
}

/** For planning only, so that the page need not be parsed before its turn: the last time written in it, or NaN. */
function newestIn({ body }: FetchedPage): number {
  const at = body.lastIndexOf('"created_at"')
  const [, time] = /^"created_at"\s*:\s*"([^"]+)"/.exec(body.toString('latin1', at, at + 100)) ?? []
  return (time === undefined ? undefined : parseMillis(time)) ?? Number.NaN
}
