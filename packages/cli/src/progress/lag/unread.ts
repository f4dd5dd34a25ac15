import type { LaneSummary, PipelineSummary } from '@asana-audit/core'
import { type BacklogLeft, backlogLeft, liveUnreadFrom, unlessForeign } from '@asana-audit/core/backlog'
import { openEnd, openStart } from '@asana-audit/core/ledger'
import { replayLane } from '../lane.ts'
import type { StateRow } from './state-rows.ts'

/** A backlog or a backfill: it ends, unlike the row of new events. */
export function isTimeRange(row: StateRow): row is StateRow & { readonly cursor: string } {
  return row.cursor !== null && (row.lane === 'backlog' || row.lane === 'backfill')
}

/** Stands for the oldest event Asana has, which it may delete at any moment. */
export const fromTheOldest: string = new Date(0).toISOString()

/** From this time on there may be unread events. Undefined if all are read. */
export function unreadFrom(row: StateRow, pipeline: PipelineSummary | undefined): string | undefined {
  // An archive keeps its events.
  if (row.lane === replayLane) return undefined
  const left = isTimeRange(row) ? rangeLeft(row.cursor) : { from: newUnreadFrom(row) }
  if (!left) return undefined
  const started = pipeline?.asked.find(({ until }) => until === openEnd)?.from ?? openStart
  const from = left === 'unknown' ? row.newestAt : left.from
  return from ?? new Date(started).toISOString()
}

/** What a backlog or a backfill has not read yet; undefined if it has read everything. `unknown`: the cursor is of another source. */
export function rangeLeft(cursor: string): BacklogLeft | 'unknown' | undefined {
  return unlessForeign(() => backlogLeft(cursor), 'unknown')
}

/** Whether the position of a lane is of another source, or of a later version. */
export function isForeign({ lane, cursor }: LaneSummary): boolean {
  const read = lane === 'live' ? liveUnreadFrom : backlogLeft
  return unlessForeign(() => {
    read(cursor)
    return false
  }, true)
}

/**
 * From this time on there may be unread new events. By the cursor: the newest event of a quiet tenant is old, and the log may have been read to its end
 * a minute ago. By the newest event if the cursor is of another source.
 */
export function newUnreadFrom({
  cursor,
  newestAt,
}: Pick<StateRow | LaneSummary, 'cursor' | 'newestAt'>): string | undefined {
  return cursor === null ? newestAt : unlessForeign(() => liveUnreadFrom(cursor), newestAt)
}
