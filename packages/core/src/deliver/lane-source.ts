import { type AsanaBackfillOptions, asanaBackfill } from '../source/asana-backfill.ts'
import { asanaSource } from '../source/asana-source.ts'
import type { AsanaSource, AsanaSourceOptions } from '../source/source-options.ts'

/** The row of new events, and that of what was there before the first start. */
export type LaneName = 'live' | 'backlog'

/** The options of `asanaSource`, plus `windows` and `aheadBytes` of `asanaBackfill` for the backlog. */
export type LaneSourceOptions = AsanaSourceOptions &
  Pick<Partial<AsanaBackfillOptions>, 'windows' | 'aheadBytes'>

/** No event is later. */
const endless = '9999-12-31T00:00:00Z'

/**
 * The source of one lane: `live` reads on without end (or once), `backlog` up to the end that its cursor has. `until` is that end, RFC 3339,
 * where the cursor has none yet.
 */
export function laneSource(lane: LaneName, options: LaneSourceOptions, until: string = endless): AsanaSource {
  const { windows, aheadBytes, ...source } = options
  return lane === 'live' ? asanaSource(source) : asanaBackfill({ ...source, windows, aheadBytes, until })
}
