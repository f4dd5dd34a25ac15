import { type AsanaSource, asanaBackfill } from '@asana-audit/core'
import { unattended } from '../../config/times/give-up-after.ts'
import type { OpenAsana } from '../open-asana.ts'

/** What Asana shows of a time (milliseconds since 1970, `until` exclusive). It does not wait for late events, and nobody watches it. */
export function asanaSpan({ options }: OpenAsana, from: number, until: number): AsanaSource {
  return asanaBackfill({
    ...options,
    since: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    settledWindowMs: 0,
    giveUpAfterMs: unattended(undefined).source,
  })
}
