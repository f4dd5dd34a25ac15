import { type BackfillPosition, decodeBackfill, encodeBackfill } from './asana-cursor.ts'
import type { Cursor } from './contract.ts'
import { isAfter } from './event-time.ts'

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

/**
 * The cursor of a backlog that begins at a time (RFC 3339), or where the one there is has got to if that is earlier: what was
 * never delivered must not be left out. It ends, and new events begin, when the next run starts.
 */
export function rewoundBacklog(cursor: Cursor | undefined, to: string): Cursor {
  const at = cursor === undefined ? undefined : decodeBackfill(cursor)
  const isBehind = at !== undefined && !isRead(at) && !isAfter(at.newest ?? at.startAt, to)
  return encodeBackfill(isBehind ? { ...at, until: undefined } : { startAt: to })
}

/** The last window stays open until it has settled; what came before it is read. */
function isRead({ settled, startAt, until }: BackfillPosition): boolean {
  return settled === true || (until !== undefined && !isAfter(until, startAt))
}
