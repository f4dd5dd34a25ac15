import type { PipelineSummary } from '@asana-audit/core'
import { backlogLeft, liveUpTo } from '@asana-audit/core/backlog'
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
  const left = isTimeRange(row) ? backlogLeft(row.cursor) : { from: undefined }
  if (!left) return undefined
  if (row.newestAt !== undefined) return row.newestAt
  // Beside a backlog, new events begin where the log was divided.
  const divided = row.lane === 'live' && row.cursor !== null ? liveUpTo(row.cursor) : undefined
  if (divided !== undefined) return divided
  const started = pipeline?.asked.find(({ until }) => until === openEnd)?.from ?? openStart
  return left.from ?? new Date(started).toISOString()
}
