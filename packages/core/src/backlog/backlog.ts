import { millisOf } from '@asana-audit/schema/lossless'
import type { Cursor } from '../contract.ts'
import { hourMs } from '../duration.ts'
import { isAfter } from '../event-time.ts'
import {
  type BackfillPosition,
  decodeBackfill,
  decodePosition,
  encodeBackfill,
} from '../source/asana-cursor.ts'
import { healed } from '../source/asana-position.ts'
import { hourOf } from '../state/ledger.ts'

/** What a backlog has not read yet. RFC 3339; no `from`: from the oldest event, no `until`: up to the start of the next run. */
export interface BacklogLeft {
  readonly from: string | undefined
  readonly until: string | undefined
}

/** Undefined once all of it has been read. Throws `foreign_cursor` for a cursor of something else. */
export function backlogLeft(cursor: Cursor): BacklogLeft | undefined {
  const at = decodeBackfill(cursor)
  return isRead(at) ? undefined : { from: at.newest ?? at.startAt, until: at.until }
}

/** Where a backlog ends, read or not, and new events begin: RFC 3339; undefined before the first run. Throws `foreign_cursor`. */
export function backlogUntil(cursor: Cursor): string | undefined {
  return decodeBackfill(cursor).until
}

/** Up to where new events have been read, RFC 3339; undefined before the first. Throws `foreign_cursor`. */
export function liveUpTo(cursor: Cursor): string | undefined {
  const { newest, startAt } = decodePosition(cursor)
  return newest ?? startAt
}

export interface RewoundBacklog {
  readonly cursor: Cursor
  /** From here on everything is delivered again: milliseconds since 1970, the start of an hour. */
  readonly from: number
}

/** The cursors of a pipeline's lanes, as far as it has them. */
export interface LaneCursors {
  readonly backlog?: Cursor | undefined
  readonly live?: Cursor | undefined
}

/**
 * A backlog that begins at an hour (milliseconds since 1970), or where the lanes have got to if that is earlier: what was
 * never delivered must not be left out. It ends, and new events begin, when the next run starts. What an unfinished one was
 * to read ends before what was live then, which therefore comes again as well. Without an offset: filters may be others.
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

/** With an hour before what was reached for events that came late; `to`, where that is not behind it. */
function hourBefore(reached: string | undefined, to: number): number {
  const ms = millisOf(reached)
  return ms === undefined || to <= ms ? to : hourOf(ms - hourMs)
}

function beginningAt(ms: number): Cursor {
  return encodeBackfill({ startAt: new Date(ms).toISOString() })
}

/** The last window stays open until it has settled; what came before it is read. */
function isRead({ settled, startAt, until }: BackfillPosition): boolean {
  return settled === true || (until !== undefined && !isAfter(until, startAt))
}
