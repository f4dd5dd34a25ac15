import type { Claim, LaneSummary } from '@asana-audit/core'
import { asanaCursorAt, backlogLeft, rewoundBacklog } from '@asana-audit/core/backlog'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { millisOf } from '@asana-audit/schema/lossless'
import { isForeign } from '../progress/lag/unread.ts'
import { backfillLane } from './backfill/resumed-backfill.ts'

export interface Rewound {
  /** The time of the new position, in milliseconds since 1970. */
  readonly from: number
  /** Whether a position of before is of another program, or of a later version. */
  readonly wasForeign: boolean
}

/**
 * Moves a pipeline back to an hour, or to its position if that is earlier: undelivered events must not be left out. The next run delivers
 * all events from there again, and may have other filters. All lanes move in one change: a worker of a fleet that found only one of them
 * moved would read the same events in both.
 *
 * `lanes`: all lanes of the state. `hour`: the start of an hour, in milliseconds since 1970.
 */
export async function rewindLanes(
  claim: Claim,
  pipeline: string,
  lanes: readonly LaneSummary[],
  hour: number,
): Promise<Rewound> {
  const rows = lanes.filter(
    (row) => row.pipeline === pipeline && (row.lane === 'live' || row.lane === 'backlog'),
  )
  const foreign = rows.filter(isForeign)
  const cursorOf = (name: string): string | undefined =>
    rows.find((row) => row.lane === name && !foreign.includes(row))?.cursor
  const reached = { backlog: cursorOf('backlog'), live: cursorOf('live') }
  const { cursor, from } = rewoundBacklog(reached, earlier(hour, foreign))
  // An unfinished backlog may begin before `from`. New events begin there too: `deliver` in a library reads no backlog, and the command divides
  // the log anew.
  const live = asanaCursorAt(backlogLeft(cursor)?.from ?? new Date(from).toISOString())
  const moved = { backlog: cursor, live, [backfillLane]: undefined }
  await claim.rewindAll(new Map(Object.entries(moved)), from)
  return { from, wasForeign: foreign.length > 0 }
}

/** `hour`, or an hour before what is known to be delivered: of a position that cannot be read, only its newest event is known. */
function earlier(hour: number, foreign: readonly LaneSummary[]): number {
  const newest = Math.min(...foreign.flatMap(({ newestAt }) => millisOf(newestAt) ?? []))
  return newest < hour ? hourOf(newest - hourMs) : hour
}
