import { askedOf } from '../asana/audit-log-filters.ts'
import type { RawPage } from '../asana/audit-log-page.ts'
import { asanaBaseUrl } from '../asana/audit-log-request.ts'
import { getRawPage } from '../asana/get-audit-log-events.ts'
import type { Order, SharedPage } from '../asana/kept-answers.ts'
import type { LogEnd } from '../asana/shared-pages.ts'
import { systemClock } from '../clock.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import type { AsanaPosition } from './asana-position.ts'
import type { AsanaSourceOptions } from './source-options.ts'

export type PageAsked = Pick<AsanaPosition, 'startAt' | 'offset'>

/** One answer of Asana, perhaps to a request of another pipeline. */
export interface AnsweredPage extends RawPage {
  /** Of its body. */
  readonly bytes: number
  /** Stays the same in copies; undefined if it is not shared. */
  readonly id: object | undefined
  /** When it arrived, in milliseconds since 1970 by our clock. */
  readonly receivedAt: number
  /** Undefined if it is not shared. */
  readonly order: Order | undefined
  /** How long before we wanted it the request began: what happened in this time is not in it. 0 for our own request. */
  readonly heldMs: number
  /** The pipeline that asked for it; undefined for our own request. */
  readonly readBy: string | undefined
}

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
  ask(
    at: PageAsked,
    endAt: string | undefined,
    signal: AbortSignal | undefined,
    isFresh: IsFresh,
  ): Promise<AnsweredPage>
  /** Waits a little for other pipelines that follow closely. Call it before a page that was read ahead is parsed. */
  turn(page: Pick<AnsweredPage, 'id'>, signal: AbortSignal | undefined): Promise<void>
  /** What `parse` makes of a page; frozen if it may be shared with other pipelines. */
  parsed<T>(page: Pick<AnsweredPage, 'id'>, parse: () => T): T
  /** See `SharedReading.meetAtEnd`. Only for an answer to our own request. */
  meetAtEnd(
    page: Pick<AnsweredPage, 'order' | 'receivedAt' | 'readBy'>,
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
  const of = askedFor(options)
  const reading = shared?.begin(of)
  return {
    async ask(at, endAt, signal, isFresh) {
      if (!reading) {
        const page = await pageWithinCap(options, at, endAt, signal)
        const bytes = page.body.length
        return {
          ...page,
          bytes,
          id: undefined,
          order: undefined,
          receivedAt: clock.now(),
          heldMs: 0,
          readBy: undefined,
        }
      }
      const wantedAt = clock.now()
      const { askedBy, askedAt, ...page }: SharedPage = await reading.page({
        key: JSON.stringify([of, at.startAt, endAt, at.offset]),
        isFresh: (begunAt, kept) =>
          isFresh({
            ageMs: kept ? between(wantedAt, kept.receivedAt) : 0,
            heldMs: between(wantedAt, begunAt),
            isEmpty: kept?.isEmpty === true,
          }),
        ask: (unwanted) => pageWithinCap(options, at, endAt, unwanted),
        signal,
      })
      return {
        ...page,
        bytes: page.body.length,
        heldMs: between(wantedAt, askedAt),
        readBy: askedBy === shared?.name ? undefined : askedBy,
      }
    },
    async turn({ id }, signal) {
      if (id) await reading?.turn(id, signal)
    },
    parsed: ({ id }, parse) => (reading && id ? reading.parsed(id, parse) : parse()),
    meetAtEnd({ readBy, order, receivedAt }, { endAt, ...end }) {
      if (!reading || !order || readBy !== undefined || end.next === undefined) return undefined
      return reading.meetAtEnd(JSON.stringify([of, endAt]), { ...end, order, receivedAt })
    },
    common: (name, make) => (reading ? reading.common(JSON.stringify([of, name]), make) : make()),
    discard: () => reading?.discard(),
  }
}

/** The absolute distance: a clock that was set back must not make an answer new. */
function between(one: number, other: number): number {
  return Math.abs(one - other)
}

/** Everything an answer depends on, but for the token, times and offset. */
function askedFor(options: AsanaSourceOptions): string {
  const { baseUrl = asanaBaseUrl, workspace, filters, limit, maxResponseBytes } = options
  const { eventType, actorType, actorGid, resourceGid } = askedOf(filters)
  const asked = [baseUrl, workspace, eventType, actorType, actorGid, resourceGid, limit, maxResponseBytes]
  // JSON makes null of what is undefined.
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
