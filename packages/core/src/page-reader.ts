import { type AcceptedPage, acceptPage } from './accept-page.ts'
import type { AsanaPosition } from './asana-cursor.ts'
import type { AsanaSourceOptions } from './asana-source.ts'
import type { Clock } from './clock.ts'
import { type Fault, fault, isFault } from './fault.ts'
import { type AuditLogPage, getAuditLogEvents } from './get-audit-log-events.ts'
import type { HttpClient } from './http-client.ts'
import { retry } from './retry.ts'

export interface ReadPage extends AcceptedPage {
  readonly page: AuditLogPage
  /** Asana's clock, in milliseconds since 1970; ours where it does not tell. */
  readonly serverNow: number
}

/** One page from a position, up to `endAt` (exclusive, RFC 3339). */
export type PageReader = (at: AsanaPosition, endAt: string | undefined) => Promise<ReadPage>

export interface PageReaderOptions extends AsanaSourceOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Waits temporary faults out, asks for smaller pages where one is over the byte cap, and reports what was read. */
export function pageReader(options: PageReaderOptions): PageReader {
  const { clock, signal, onEvent } = options
  const { untilFirstPage = Number.POSITIVE_INFINITY, afterwards = Number.POSITIVE_INFINITY } =
    options.giveUpAfterMs ?? {}
  const accept = acceptPage(options)
  let pages = 0
  return async (at, endAt) => {
    const asked = clock.now()
    const page = await retry(() => pageWithinCap(options, at, endAt), {
      part: 'source',
      clock,
      signal,
      onEvent,
      giveUpAfterMs: pages === 0 ? untilFirstPage : afterwards,
    })
    pages += 1
    const serverNow = page.date ?? clock.now()
    // A `Date` header has whole seconds: the second it names may be nearly over, with events in it.
    const accepted = accept(page.data, at.newest, serverNow + (page.date === undefined ? 0 : 999))
    onEvent?.({
      type: 'page_read',
      events: page.data.length - accepted.refused.length,
      refused: accepted.refused.length,
      bytes: page.bytes,
      ms: clock.now() - asked,
      newestAt: accepted.newest,
    })
    return { ...accepted, page, serverNow }
  }
}

/** A 400 to a request with an offset: it has expired, or Asana refuses it for another reason it does not tell apart. */
export function isOffsetRefused(error: unknown): error is Fault {
  return isFault(error) && error.code === 'offset_refused'
}

/** Page sizes to fall back to when an answer is over the byte cap: a page of events of 60 kB is already 60 MB. */
const smallerLimits = [100, 10, 1]

async function pageWithinCap(
  options: PageReaderOptions,
  at: AsanaPosition,
  endAt: string | undefined,
): Promise<AuditLogPage> {
  const { filters } = options
  const ask = (limit: number | undefined): Promise<AuditLogPage> =>
    getAuditLogEvents({
      ...options,
      startAt: at.startAt,
      endAt,
      eventType: filters?.eventType,
      actorType: filters?.actorType,
      actorGid: filters?.actorGid,
      resourceGid: filters?.resourceGid,
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
