import { millisOf } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { assertAsAsked } from '../asana/as-asked.ts'
import { askedOf } from '../asana/audit-log-filters.ts'
import type { Clock } from '../clock.ts'
import { dayMs } from '../duration.ts'
import type { HttpClient } from '../http/http-client.ts'
import { retry } from '../retry.ts'
import { type IsFresh, type PageAsked, type PageRequests, pageRequests } from './page-requests.ts'
import { acceptPage } from './pages/accept-page.ts'
import type { FetchedPage } from './pages/fetched-page.ts'
import { type PageEntries, pageEntries } from './pages/page-entries.ts'
import type { ReadPage } from './pages/read-page.ts'
import { type AsanaPosition, atOthersEnd, firstStart } from './position/asana-position.ts'
import type { AsanaSourceOptions } from './source-options.ts'

/** If Asana sends no time, we assume that our clock is less than this ahead. */
const mostAheadMs = dayMs

interface MetAtEnd {
  readonly at: AsanaPosition
  /** When the other pipeline was there, in milliseconds since 1970. */
  readonly receivedAt: number
}

/** Reads pages one after another, or some ahead of their turn. `endAt` is exclusive, RFC 3339. */
export interface PageReader {
  /** One page, parsed and accepted. `isFresh`: whether an answer to another pipeline will do. */
  read(at: AsanaPosition, endAt: string | undefined, isFresh: IsFresh): Promise<ReadPage>
  /** One page ahead of its turn. Rejects with `signal.reason` once aborted. */
  fetch(at: PageAsked, endAt: string, signal?: AbortSignal): Promise<FetchedPage<string>>
  /** Call it before `accept`. It waits a little for other pipelines that follow closely and use what is parsed. */
  turn(page: FetchedPage): Promise<void>
  /**
   * Parses and accepts a page whose turn has come. `newest` is the newest `created_at` before it. Throws a temporary
   * `malformed_page`, and a fatal `filters_ignored`.
   */
  accept(page: FetchedPage, newest: string | undefined): ReadPage
  /**
   * Call it when an empty page, requested with `offset`, has shown the end of the log. Returns where another pipeline found the same end,
   * so that both make the same requests from then on. Undefined: no other did, so continue from `at`, our own position.
   */
  meetAtEnd(
    page: ReadPage,
    offset: string | undefined,
    at: AsanaPosition,
    endAt: string | undefined,
  ): MetAtEnd | undefined
  /** See `PageRequests`. */
  readonly common: PageRequests['common']
  /** Reading has failed for good: no other pipeline gets the pages of this one. */
  discard(): void
}

export interface PageReaderOptions extends AsanaSourceOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Waits out temporary faults, asks for smaller pages if one is over the byte cap, and reports what was read. */
export function pageReader(options: PageReaderOptions): PageReader {
  const { clock, onFact } = options
  const requests = pageRequests(options)
  const { untilFirstPage = Number.POSITIVE_INFINITY, afterwards = Number.POSITIVE_INFINITY } =
    options.giveUpAfterMs ?? {}
  const acceptEntries = acceptPage(options)
  const { eventType } = askedOf(options.filters)
  let pages = 0
  let present = Number.NEGATIVE_INFINITY
  let presentAt = Number.NEGATIVE_INFINITY

  async function patiently<Page extends FetchedPage>(
    attempt: (signal: AbortSignal) => Promise<Page>,
    signal = options.signal,
  ): Promise<Page> {
    const asked = clock.now()
    const within = (timeUp: AbortSignal): Promise<Page> => attempt(anySignal(signal, timeUp))
    const page = await retry(within, {
      part: 'source',
      clock,
      signal,
      onFact,
      giveUpAfterMs: afterwards,
      failingMs: pages === 0 ? untilFirstPage : afterwards,
    })
    pages += 1
    // This includes the waits between the attempts.
    return { ...page, ms: clock.now() - asked }
  }

  function accepted(
    page: FetchedPage,
    { entries, content }: PageEntries,
    newest: string | undefined,
  ): ReadPage {
    const { startAt, endAt, date, offset, limit, isEmpty, bytes, ms, sharing, heldMs, readBy } = page
    const { receivedAt: own } = page
    assertAsAsked(entries, { startAt, endAt, eventType })
    const stated = date ?? own
    // A `Date` header has whole seconds: events may have happened later in that second.
    const events = acceptEntries(entries, newest, { own, asana: stated + (date === undefined ? 0 : 999) })
    const newestMs = millisOf(events.newest) ?? Number.NEGATIVE_INFINITY
    const shown = Math.max(Math.min(stated, own), newestMs)
    if (shown >= present) [present, presentAt] = [shown, own]
    const malformed = events.malformed.length
    onFact?.({
      type: 'page_read',
      events: entries.length - malformed,
      malformed,
      bytes,
      ms,
      newestAt: events.newest,
      ...(readBy !== undefined && { readBy }),
    })
    const clocks = {
      serverNow: Math.max(stated, newestMs),
      ...{ present, presentAt },
      surelyPast: date === undefined ? own - mostAheadMs : Math.min(date, own),
    }
    const passed = { isEmpty, offset, content, count: entries.length, limit }
    return { ...events, ...passed, ...clocks, bytes, sharing, receivedAt: own, heldMs, readBy }
  }

  const entriesOf = (page: FetchedPage): PageEntries => requests.parsed(page, () => pageEntries(page))

  return {
    async read(at, endAt, isFresh) {
      // Parsed within the attempt, so that a malformed page is requested again.
      const page = await patiently(async (signal) => {
        const answer = await requests.ask(at, endAt, signal, isFresh)
        return { ...answer, entries: entriesOf(answer) }
      })
      return accepted(page, page.entries, at.newest)
    },
    fetch: (at, endAt, signal) => patiently((within) => requests.ask(at, endAt, within, () => true), signal),
    turn: (page) => requests.turn(page, options.signal),
    accept: (page, newest) => accepted(page, entriesOf(page), newest),
    meetAtEnd(page, offset, at, endAt) {
      const { startAt, offset: next } = at
      const met = requests.meetAtEnd(page, { offset, next, startAt, firstStart: firstStart(at), endAt })
      return met && { at: atOthersEnd(at, met.next, met.startAt), receivedAt: met.receivedAt }
    },
    common: requests.common,
    discard: requests.discard,
  }
}
