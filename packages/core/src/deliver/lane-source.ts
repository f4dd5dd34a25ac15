import { type AsanaBackfillOptions, asanaBackfill } from '../source/asana-backfill.ts'
import { asanaSource } from '../source/asana-source.ts'
import type { AsanaSource, AsanaSourceOptions } from '../source/source-options.ts'

/** `live` reads new events, `backlog` those from before the first start. */
export type LaneName = 'live' | 'backlog'

/** The options of `asanaSource`, plus `windows` and `aheadBytes` of `asanaBackfill` for the backlog. */
export type LaneSourceOptions = AsanaSourceOptions &
  Pick<Partial<AsanaBackfillOptions>, 'windows' | 'aheadBytes'>

/** A time after every event. */
const endless = '9999-12-31T00:00:00Z'

/**
 * The source of one lane. `live` reads on without end (or once). `backlog` reads up to the end that is in its cursor, or up to `until`
 * (RFC 3339) if the cursor has no end yet.
 */
export function laneSource(lane: LaneName, options: LaneSourceOptions, until: string = endless): AsanaSource {
  const { windows, aheadBytes, ...source } = options
  return lane === 'live' ? asanaSource(source) : asanaBackfill({ ...source, windows, aheadBytes, until })
}
