import { millisOf } from '@asana-audit/schema/lossless'
import type { Cursor } from '../contract.ts'
import { hourMs } from '../duration.ts'
import { isAfter } from '../event-time.ts'
import { isFault } from '../fault.ts'
import {
  type BackfillPosition,
  decodeBackfill,
  decodePosition,
  encodeBackfill,
} from '../source/position/asana-cursor.ts'
import { healed, unreadFrom } from '../source/position/asana-position.ts'
import { hourOf } from '../state/ledger.ts'

/** The range a backlog has not read yet. RFC 3339. Without `from`: from the oldest event. Without `until`: up to the start of the next run. */
export interface BacklogLeft {
  readonly from: string | undefined
  readonly until: string | undefined
}

/** Undefined once all of it has been read. Throws `foreign_cursor` for a cursor of another source. */
export function backlogLeft(cursor: Cursor): BacklogLeft | undefined {
  const at = decodeBackfill(cursor)
  return isRead(at) ? undefined : { from: at.newest ?? at.startAt, until: at.until }
}

/** What `read` gives; `ofOthers` if it throws `foreign_cursor`, because the cursor is of another source or of a later version. */
export function unlessForeign<T, U>(read: () => T, ofOthers: U): T | U {
  try {
    return read()
  } catch (error) {
    if (isFault(error) && error.code === 'foreign_cursor') return ofOthers
    throw error
  }
}

/** The time where a backlog ends and new events begin: RFC 3339; undefined before the first run. Throws `foreign_cursor`. */
export function backlogUntil(cursor: Cursor): string | undefined {
  return decodeBackfill(cursor).until
}

/** How far new events have been read, RFC 3339; undefined before the first. Throws `foreign_cursor`. */
export function liveUpTo(cursor: Cursor): string | undefined {
  const { newest, startAt } = decodePosition(cursor)
  return newest ?? startAt
}

/**
 * From this time on there may be unread new events, RFC 3339: since the newest one, or since the end of the log was last reached. It is later than
 * `liveUpTo` for a tenant with no new event. Undefined before the first page. Throws `foreign_cursor`.
 */
export function liveUnreadFrom(cursor: Cursor): string | undefined {
  const at = decodePosition(cursor)
  return unreadFrom(at) ?? at.startAt
}

/** When new events were last read to the end of the log, RFC 3339; undefined if they never were, and after a rewind. Throws `foreign_cursor`. */
export function liveEndReachedAt(cursor: Cursor): string | undefined {
  return decodePosition(cursor).endReachedAt
}

export interface RewoundBacklog {
  readonly cursor: Cursor
  /** Everything from this time on is delivered again: milliseconds since 1970, the start of an hour. */
  readonly from: number
}

/** The cursors of those lanes that a pipeline has. */
export interface LaneCursors {
  readonly backlog?: Cursor | undefined
  readonly live?: Cursor | undefined
}

/**
 * A backlog that begins at an hour (milliseconds since 1970), or at the position of the lanes if that is earlier: undelivered events
 * must not be left out. It ends, and new events begin, at the start of the next run. An unfinished backlog ends before the events
 * that were live then, so those are delivered again too. The cursor has no offset: the filters may have changed.
 */
export function rewoundBacklog({ backlog, live }: LaneCursors, to: number): RewoundBacklog {
  const at = backlog === undefined ? undefined : decodeBackfill(backlog)
  if (at === undefined || isRead(at)) {
    const from = hourBefore(live === undefined ? at?.until : liveUpTo(live), to)
    return { cursor: beginningAt(from), from }
  }
  const from = Math.min(to, hourOf(millisOf(at.until) ?? to))
  const reached = at.newest ?? at.startAt
  if (isAfter(reached, new Date(from).toISOString())) return { cursor: beginningAt(from), from }
  return { cursor: encodeBackfill({ ...healed(at, hourMs), until: undefined }), from }
}

/** `to`; but if `to` is after the position reached, an hour before that position, because of late events. */
function hourBefore(reached: string | undefined, to: number): number {
  const ms = millisOf(reached)
  return ms === undefined || to <= ms ? to : hourOf(ms - hourMs)
}

function beginningAt(ms: number): Cursor {
  return encodeBackfill({ startAt: new Date(ms).toISOString() })
}

/** Whether all of it was read. The last window may still be open for late events. */
function isRead({ settled, startAt, until }: BackfillPosition): boolean {
  return settled === true || (until !== undefined && !isAfter(until, startAt))
}
