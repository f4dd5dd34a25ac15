import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { eventMatcher } from '../events/event-filter.ts'
import type { EventReader, Reading } from './reading.ts'
import { recentGids } from './recent-gids.ts'

type Wanted = Parameters<EventReader['read']>[0]

/** Accepts an event once, if it is in the time range and matches the filter. Counts every event in `reading`. */
export function admission(
  { since, until, filter }: Wanted,
  reading: Reading,
): (event: AuditLogEvent) => boolean {
  const matches = eventMatcher(filter)
  const wasRead = recentGids()
  const from = millisOf(since)
  const to = millisOf(until)
  return (event) => {
    reading.events += 1
    reading.at = event.created_at
    if (wasRead(event.gid)) {
      reading.repeats += 1
      return false
    }
    const at = millisAt(event.created_at)
    if ((from !== undefined && at < from) || (to !== undefined && at >= to)) return false
    return matches(event)
  }
}
