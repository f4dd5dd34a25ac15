import { parseMillis } from '@asana-audit/schema'
import { isAfter, later } from './event-time.ts'

/**
 * Where an audit log reader is. The offset is short-lived (Asana expires it, after how long is not documented); `newest`
 * is what outlives it: with the offset refused, reading starts again by time, a little before `newest`.
 */
export interface AsanaPosition {
  readonly offset?: string | undefined
  /** The `start_at` this offset was given for: the same filters go along with it always. */
  readonly startAt?: string | undefined
  /** The healing time: newest `created_at` read, but never later than Asana's own clock at that moment. */
  readonly newest?: string | undefined
  /** After healing: events up to this time may have been delivered before. */
  readonly rereadUntil?: string | undefined
  /** Asana's clock when what lies behind was last read again, or when late events first became possible. */
  readonly settledAt?: string | undefined
  /** Where reading once began, if `startAt` has moved on since: nothing before it is ours. */
  readonly begunAt?: string | undefined
}

/** Before all events: the start of a reader that was given none. */
export const beforeAll = '1970-01-01T00:00:00Z'

/** What a page says about where to go on. */
export interface PassedPage {
  readonly isEmpty: boolean
  readonly offset: string | undefined
  readonly newest: string | undefined
  /** The oldest `created_at` in it. */
  readonly oldest: string | undefined
}

/** Whether events of a page may have been delivered before the position was healed. */
export function isReread(at: AsanaPosition, { isEmpty, oldest }: PassedPage): boolean {
  return at.rereadUntil !== undefined && !isEmpty && !isAfter(oldest, at.rereadUntil)
}

/** The position after a page. Null `next_page` never throws the old offset away: without it the log would start over. */
export function following(at: AsanaPosition, page: PassedPage): AsanaPosition {
  const { newest } = page
  const { settledAt, begunAt } = at
  const rest = { newest, settledAt, begunAt, ...(isReread(at, page) && { rereadUntil: at.rereadUntil }) }
  if (page.offset !== undefined) return { ...rest, offset: page.offset, startAt: at.startAt }
  if (page.isEmpty) return { ...rest, offset: at.offset, startAt: at.startAt }
  // Events but no offset: not documented, so go on by time. `start_at` is inclusive, so the last ones come again.
  return { ...begun(at), newest, startAt: newest, rereadUntil: newest }
}

/** Where to start again once the offset is refused: by time, `overlapMs` before the newest event read. */
export function healed(at: AsanaPosition, overlapMs: number): AsanaPosition {
  const from = at.newest === undefined ? undefined : (parseMillis(at.newest) ?? 0) - overlapMs
  const restart = from === undefined ? at.startAt : new Date(from).toISOString()
  const startAt = later(at.startAt, restart)
  return { ...begun(at), startAt, newest: at.newest, rereadUntil: later(at.rereadUntil, at.newest) }
}

/** What outlives a new start. */
function begun({
  settledAt,
  startAt,
  begunAt = startAt ?? beforeAll,
}: AsanaPosition): Partial<AsanaPosition> {
  return { settledAt, begunAt }
}

/** More in a row mean that Asana refuses its own offsets at once, which only a person can look into. */
export const mostHealings = 5
