import { createHash } from 'node:crypto'
import { millisOf } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { type Asked, assertAsAsked } from '../asana/as-asked.ts'
import { askedOf } from '../asana/audit-log-filters.ts'
import { pageData, type RawPage } from '../asana/audit-log-page.ts'
import { getRawPage } from '../asana/get-audit-log-events.ts'
import type { Clock } from '../clock.ts'
import { dayMs } from '../duration.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import type { HttpClient } from '../http/http-client.ts'
import { retry } from '../retry.ts'
import { malformedId } from '../state/malformed-id.ts'
import { acceptPage } from './accept-page.ts'
import type { AsanaPosition } from './asana-position.ts'
import type { ReadPage } from './read-page.ts'
import type { AsanaSourceOptions } from './source-options.ts'

/** A page as it came, and how long it took. */
export interface FetchedPage extends RawPage {
  /** From the first request to the answer, retries included. */
  readonly ms: number
}

/** If Asana sends no time, we assume that our clock is less than this ahead. */
const mostAheadMs = dayMs

type PageAsked = Pick<AsanaPosition, 'startAt' | 'offset'>

/** Pages one after another, or some ahead of their turn. `endAt` is exclusive, RFC 3339. */
export interface PageReader {
  /** One page, parsed and accepted. */
  read(at: AsanaPosition, endAt: string | undefined): Promise<ReadPage>
  /** One page ahead of its turn. Rejects with `signal.reason` once aborted. */
  fetch(at: PageAsked, endAt: string | undefined, signal?: AbortSignal): Promise<FetchedPage>
  /**
   * Parses and accepts a page whose turn has come. `newest` is the newest `created_at` before it. Throws a temporary
   * `malformed_page`, and a fatal `filters_ignored`.
   */
  accept(page: FetchedPage, asked: Pick<Asked, 'startAt' | 'endAt'>, newest: string | undefined): ReadPage
}

export interface PageReaderOptions extends AsanaSourceOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Waits out temporary faults, asks for smaller pages if one is over the byte cap, and reports what was read. */
export function pageReader(options: PageReaderOptions): PageReader {
  const { clock, onFact, limit } = options
  const { untilFirstPage = Number.POSITIVE_INFINITY, afterwards = Number.POSITIVE_INFINITY } =
    options.giveUpAfterMs ?? {}
  const acceptData = acceptPage(options)
  const { eventType } = askedOf(options.filters)
  let pages = 0
  let present = Number.NEGATIVE_INFINITY

  async function patiently<T>(
    attempt: (signal: AbortSignal) => Promise<T>,
    signal = options.signal,
  ): Promise<T & { ms: number }> {
    const asked = clock.now()
    const within = (timeUp: AbortSignal): Promise<T> => attempt(anySignal(signal, timeUp))
    const answer = await retry(within, {
      part: 'source',
      clock,
      signal,
      onFact,
      giveUpAfterMs: afterwards,
      failingMs: pages === 0 ? untilFirstPage : afterwards,
    })
    pages += 1
    return { ...answer, ms: clock.now() - asked }
  }

  function accepted(
    page: FetchedPage,
    data: readonly unknown[],
    asked: Pick<Asked, 'startAt' | 'endAt'>,
    newest: string | undefined,
  ): ReadPage {
    const { date, offset, isEmpty, ms } = page
    assertAsAsked(data, { ...asked, eventType })
    const bytes = page.body.length
    const own = clock.now()
    const stated = date ?? own
    // A `Date` header has whole seconds: events may have happened later in that second.
    const events = acceptData(data, newest, { own, asana: stated + (date === undefined ? 0 : 999) })
    const newestMs = millisOf(events.newest) ?? Number.NEGATIVE_INFINITY
    present = Math.max(present, Math.min(stated, own), newestMs)
    const malformed = events.malformed.length
    onFact?.({
      type: 'page_read',
      events: data.length - malformed,
      malformed,
      bytes,
      ms,
      newestAt: events.newest,
    })
    const clocks = {
      serverNow: Math.max(stated, newestMs),
      present,
      surelyPast: date === undefined ? own - mostAheadMs : Math.min(date, own),
    }
    const passed = { isEmpty, offset, content: contentOf(data), count: data.length, limit }
    return { ...events, ...passed, ...clocks, bytes }
  }

  return {
    async read(at, endAt) {
      // Parsed within the attempt, so that a malformed page is requested again.
      const { data, ...page } = await patiently(async (signal) => {
        const raw = await pageWithinCap(options, at, endAt, signal)
        return { ...raw, data: pageData(raw) }
      })
      return accepted(page, data, { startAt: at.startAt, endAt }, at.newest)
    },
    fetch: (at, endAt, signal) => patiently((within) => pageWithinCap(options, at, endAt, within), signal),
    accept: (page, asked, newest) => accepted(page, pageData(page), asked, newest),
  }
}

function contentOf(data: readonly unknown[]): string {
  const hash = createHash('sha256')
  for (const raw of data) hash.update(malformedId(raw)).update(' ')
  return hash.digest('base64url').slice(0, 22)
}

/** A 400 to a request with an offset: it has expired, or Asana refuses it for another reason. The answer does not say which. */
export function isOffsetRefused(error: unknown): error is Fault {
  return isFault(error) && error.code === 'offset_refused'
}

/** Page sizes to try when an answer is over the byte cap: 1,000 events of 60 kB each are already 60 MB. */
const smallerLimits = [100, 10, 1]

/** One attempt, plus attempts with smaller pages if an answer is over the byte cap. */
export async function pageWithinCap(
  options: AsanaSourceOptions,
  at: PageAsked,
  endAt: string | undefined,
  signal: AbortSignal | undefined,
): Promise<RawPage> {
  const asked = askedOf(options.filters)
  const ask = (limit: number | undefined): Promise<RawPage> =>
    getRawPage({
      ...options,
      signal,
      startAt: at.startAt,
      endAt,
      ...asked,
      offset: at.offset,
      limit,
    })
  const limits = smallerLimits.filter((limit) => limit < (options.limit ?? Number.POSITIVE_INFINITY))
  for (const limit of [options.limit, ...limits]) {
    try {
      return await ask(limit)
    } catch (error) {
      if (!isFault(error) || error.code !== 'response_too_large') throw error
    }
  }
  const message = 'A page with a single event is over the response cap. Raise the cap (max_response_bytes).'
  throw fault({ fault: 'fatal', code: 'event_too_large', message })
}
