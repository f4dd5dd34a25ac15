import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { eventMatcher } from './event-filter.ts'
import type { EventReader, Reading } from './reading.ts'
import { recentGids } from './recent-gids.ts'

type Wanted = Parameters<EventReader['read']>[0]

/** Whether an event that was read is wanted: once, in its time, and as the filter says. Counts what it is asked about. */
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
