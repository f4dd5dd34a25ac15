import { type AsanaSource, asanaBackfill } from '@asana-audit/core'
import { unattended } from '../../config/times/give-up-after.ts'
import { dayMs } from '../../duration.ts'
import type { OpenAsana } from '../open-asana.ts'

/** A time up to this length is read page after page. A longer one is read in several windows at once, which cost one more request each. */
const longestInOneMs = dayMs

/** What Asana shows of a time (milliseconds since 1970, `until` exclusive). It does not wait for late events, and nobody watches it. */
export function asanaSpan({ options }: Pick<OpenAsana, 'options'>, from: number, until: number): AsanaSource {
  return asanaBackfill({
    ...options,
    since: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    windows: until - from > longestInOneMs ? undefined : 1,
    settledWindowMs: 0,
    giveUpAfterMs: unattended(undefined).source,
  })
}
