import { askedOf } from '../asana/audit-log-filters.ts'
import type { RawPage } from '../asana/audit-log-page.ts'
import { asanaBaseUrl } from '../asana/audit-log-request.ts'
import { getRawPage } from '../asana/get-audit-log-events.ts'
import type { LogEnd } from '../asana/shared-pages.ts'
import { systemClock } from '../clock.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import type { FetchedPage } from './pages/fetched-page.ts'
import type { AsanaPosition } from './position/asana-position.ts'
import type { AsanaSourceOptions } from './source-options.ts'

export type PageAsked = Pick<AsanaPosition, 'startAt' | 'offset'>

/** What is known of the answer to another pipeline's request. Times are milliseconds. */
export interface OthersAnswer {
  /** How long ago it came; 0 while it is under way. */
  readonly ageMs: number
  /** How long ago it was asked for: what happened since is not in it. */
  readonly heldMs: number
  /** Known to have no data. */
  readonly isEmpty: boolean
}

/** Whether the answer to another pipeline's request will do. */
export type IsFresh = (answer: OthersAnswer) => boolean

export interface PageRequests {
  /** One attempt, plus attempts with smaller pages if an answer is over the byte cap. */
  ask<End extends string | undefined>(
    at: PageAsked,
    endAt: End,
    signal: AbortSignal | undefined,
    isFresh: IsFresh,
  ): Promise<FetchedPage<End>>
  /** Waits a little for other pipelines that follow closely. Call it before a page that was read ahead is parsed. */
  turn(page: FetchedPage, signal: AbortSignal | undefined): Promise<void>
  /** What `parse` makes of a page; frozen if it may be shared with other pipelines. */
  parsed<T>(page: FetchedPage, parse: () => T): T
  /** See `SharedReading.meetAtEnd`. Only for an answer to our own request. */
  meetAtEnd(
    page: Pick<FetchedPage, 'sharing' | 'readBy'>,
    end: { readonly endAt: string | undefined } & Omit<LogEnd, 'order' | 'receivedAt'>,
  ): LogEnd | undefined
  /** One object for all pipelines that read the same and name the same; made by the first. */
  common<T>(name: string, make: () => T): T
  /** Something is wrong with the answers so far: they are given to nobody else. */
  discard(): void
}

/** The requests of one reading, shared with other pipelines if the options say so. */
export function pageRequests(options: AsanaSourceOptions): PageRequests {
  const { shared, clock = systemClock } = options
  const queryKey = askedFor(options)
  const reading = shared?.begin(queryKey)
  const endOf = (endAt: string | undefined): string => JSON.stringify([queryKey, endAt])
  return {
    async ask(at, endAt, signal, isFresh) {
      const wantedAt = clock.now()
      const ask = async (within: AbortSignal | undefined): Promise<RawPage> => {
        try {
          return await pageWithinCap(options, at, endAt, within)
        } catch (error) {
          if (at.offset !== undefined && isOffsetRefused(error)) reading?.forgetEnd(endOf(endAt), at.offset)
          throw error
        }
      }
      const isFreshEnough = (askedAt: number, kept: RawPage | undefined): boolean =>
        isFresh({
          ageMs: kept?.sharing ? between(wantedAt, kept.sharing.receivedAt) : 0,
          heldMs: between(wantedAt, askedAt),
          isEmpty: kept?.isEmpty === true,
        })
      const key = JSON.stringify([queryKey, at.startAt, endAt, at.offset])
      const page = await (reading ? reading.page({ key, isFresh: isFreshEnough, signal, ask }) : ask(signal))
      const askedBy = page.sharing?.askedBy
      return {
        ...page,
        startAt: at.startAt,
        endAt,
        bytes: page.body.length,
        receivedAt: page.sharing?.receivedAt ?? clock.now(),
        ms: clock.now() - wantedAt,
        heldMs: page.sharing ? between(wantedAt, page.sharing.askedAt) : 0,
        readBy: askedBy === shared?.name ? undefined : askedBy,
      }
    },
    async turn(page, signal) {
      if (page.sharing) await reading?.turn(page.sharing, signal)
    },
    parsed: (page, parse) => (reading && page.sharing ? reading.parsed(page.sharing, parse) : parse()),
    meetAtEnd({ readBy, sharing }, { endAt, ...end }) {
      if (!reading || !sharing || readBy !== undefined || end.next === undefined) return undefined
      const { order, receivedAt } = sharing
      return reading.meetAtEnd(endOf(endAt), { ...end, order, receivedAt })
    },
    common: (name, make) => (reading ? reading.common(JSON.stringify([queryKey, name]), make) : make()),
    discard: () => reading?.discard(),
  }
}

/** The absolute distance: a clock that was set back must not make an answer new. */
function between(one: number, other: number): number {
  return Math.abs(one - other)
}

/** Everything an answer depends on, except the token, times and offset. */
function askedFor(options: AsanaSourceOptions): string {
  const { baseUrl = asanaBaseUrl, workspace, filters, limit, maxResponseBytes } = options
  const { eventType, actorType, actorGid, resourceGid } = askedOf(filters)
  const asked = [baseUrl, workspace, eventType, actorType, actorGid, resourceGid, limit, maxResponseBytes]
  // JSON writes undefined as null, so each value keeps its place in the list.
  return JSON.stringify(asked)
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
  const { onFact, clock = systemClock } = options
  const asked = askedOf(options.filters)
  const ask = (limit: number | undefined): Promise<RawPage> =>
    getRawPage(
      {
        ...options,
        signal,
        startAt: at.startAt,
        endAt,
        ...asked,
        offset: at.offset,
        limit,
      },
      onFact && { onFact, clock },
    )
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
