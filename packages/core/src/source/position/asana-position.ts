import { millisAt } from '@asana-audit/schema/lossless'
import { isAfter, later } from '../../event-time.ts'
import type { ReadPage } from '../pages/read-page.ts'
import { type Trail, trailAfter } from './headway.ts'

/**
 * The position of an audit log reader. The offset is short-lived: Asana expires it after an undocumented time. Then reading
 * starts again by time, a little before `newest`.
 */
export interface AsanaPosition extends Trail {
  readonly offset?: string | undefined
  /** The `start_at` this offset was given for. An offset is always sent with the filters it was given for. */
  readonly startAt?: string | undefined
  /** The healing time: the newest `created_at` read, but never later than both Asana's clock and ours at that moment. */
  readonly newest?: string | undefined
  /** After healing: events up to this time may have been delivered before. */
  readonly rereadUntil?: string | undefined
  /** The present (see `ReadPage`) at the last re-read for late events, or when they first became possible. */
  readonly settledAt?: string | undefined
  /**
   * The present when the end of the log was last reached. All that happened before it was read, but for what appears late. A tenant without
   * new events has an old `newest`: only this says that nothing is unread.
   */
  readonly endReachedAt?: string | undefined
  /** Where reading first began, if `startAt` has moved since. Nothing before it is read. */
  readonly begunAt?: string | undefined
}

/** Before all events: the default start. */
export const beforeAll = '1970-01-01T00:00:00Z'

/**
 * Whether events of a page may have been delivered before: the position was healed, or the page goes back in time. Going back proves
 * nothing if the page contains malformed data: its time may be wrong, and its gid may belong to a good event.
 */
export function isReread(at: AsanaPosition, { isEmpty, oldest, malformed }: ReadPage): boolean {
  if (isEmpty) return false
  const isHealed = at.rereadUntil !== undefined && !isAfter(oldest, at.rereadUntil)
  return (
    isHealed ||
    (malformed.length === 0 && oldest !== undefined && at.newest !== undefined && isAfter(at.newest, oldest))
  )
}

/**
 * The position after a page. A null `next_page` keeps the old offset: without it the log would start over. Throws if the page
 * brings no headway (see `trailAfter`).
 */
export function following(at: AsanaPosition, page: ReadPage): AsanaPosition {
  const { newest } = page
  const { settledAt, endReachedAt, begunAt } = at
  const trail = trailAfter(at, page)
  const kept = isReread(at, page) && { rereadUntil: at.rereadUntil }
  const rest = { newest, settledAt, endReachedAt, begunAt, ...trail, ...kept }
  if (page.offset !== undefined) return { ...rest, offset: page.offset, startAt: at.startAt }
  if (page.isEmpty) return { ...rest, offset: at.offset, startAt: at.startAt }
  // Events but no offset: not documented, so go on by time. `start_at` is inclusive, so the last ones come again.
  return { ...begun(at), ...trail, newest, startAt: newest, rereadUntil: newest }
}

/** Whether a page is the last one: it is empty, or it has no offset and brings nothing newer. */
export function isLast(at: AsanaPosition, { isEmpty, offset, newest }: ReadPage): boolean {
  return isEmpty || (offset === undefined && newest === at.startAt)
}

/** From this time on there may be unread events: the newest event read, or if it is later, when the end of the log was last reached. */
export function unreadFrom({ newest, endReachedAt }: AsanaPosition): string | undefined {
  return later(endReachedAt, newest)
}

/** Where reading first began; undefined: at the oldest event. `startAt` belongs to the offset, which may be that of another pipeline (see `atOthersEnd`). */
export function firstStart({ begunAt, startAt }: AsanaPosition): string | undefined {
  return begunAt ?? startAt
}

/** Where to start again after a refused offset: by time, `overlapMs` before the newest event read. */
export function healed(at: AsanaPosition, overlapMs: number): AsanaPosition {
  const first = firstStart(at)
  const from = at.newest === undefined ? undefined : millisAt(at.newest) - overlapMs
  const startAt = later(first, from === undefined ? first : new Date(from).toISOString())
  return { ...begun(at), startAt, newest: at.newest, rereadUntil: later(at.rereadUntil, at.newest) }
}

/**
 * The position at the end of the log, with the offset that another reader got there, and the `startAt` it was given for. That reader was
 * there a moment before us, so events that we have read since may come again. The trail of earlier pages is dropped, so that the same
 * page does not count as a cycle.
 */
export function atOthersEnd(
  at: AsanaPosition,
  offset: string | undefined,
  startAt: string | undefined,
): AsanaPosition {
  return { ...begun(at), newest: at.newest, startAt, offset, rereadUntil: later(at.rereadUntil, at.newest) }
}

/** The parts of a position that stay valid after a new start. */
function begun({
  settledAt,
  endReachedAt,
  startAt,
  begunAt = startAt ?? beforeAll,
}: AsanaPosition): Partial<AsanaPosition> {
  return { settledAt, endReachedAt, begunAt }
}
