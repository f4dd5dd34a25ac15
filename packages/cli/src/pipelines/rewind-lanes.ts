import type { Claim, LaneSummary } from '@asana-audit/core'
import { asanaCursorAt, rewoundBacklog } from '@asana-audit/core/backlog'

/**
 * Moves a pipeline back to an hour, or to its position if that is earlier: undelivered events must not be left out. The next run delivers
 * all events from there again, and may have other filters. Returns the time of the new position, in milliseconds since 1970.
 *
 * `lanes`: all lanes of the state. `hour`: the start of an hour, in milliseconds since 1970.
 */
export async function rewindLanes(
  claim: Claim,
  pipeline: string,
  lanes: readonly LaneSummary[],
  hour: number,
): Promise<number> {
  const cursorOf = (name: string): string | undefined =>
    lanes.find((row) => row.pipeline === pipeline && row.lane === name)?.cursor
  const reached = { backlog: cursorOf('backlog'), live: cursorOf('live') }
  const { cursor, from } = rewoundBacklog(reached, hour)
  // The backlog first: after that, the next run splits backlog and new events again.
  await claim.rewind('backlog', cursor, from)
  await claim.rewind('live', asanaCursorAt(new Date(from).toISOString()), from)
  await claim.drop('backfill')
  return from
}
