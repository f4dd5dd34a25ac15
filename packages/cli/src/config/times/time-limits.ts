import { retentionMs } from '@asana-audit/core/backlog'
import { millisOf } from '@asana-audit/schema/lossless'
import { minuteMs } from '../../duration.ts'

/** RFC 3339. */
export interface TimeRange {
  readonly since: string | undefined
  readonly until: string | undefined
}

/** Problems of valid times that leave an empty range, by the setting to change. `now` in milliseconds since 1970. */
export function timeLimits(
  { since, until }: TimeRange,
  now: number,
): Partial<Record<keyof TimeRange, string>> {
  const [from, to] = [millisOf(since), millisOf(until)]
  if (from !== undefined && from > now) return { since: `It is in the future (${since}). Is the year right?` }
  if (from !== undefined && to !== undefined && from >= to) return { until: 'It is not after since.' }
  return {}
}

/** The message about an `until` before the oldest event that Asana still has. Undefined for any other. */
export function allDeleted({ until }: Pick<TimeRange, 'until'>, now: number): string | undefined {
  const to = millisOf(until)
  if (to === undefined || to > now - retentionMs) return undefined
  return `Asana has deleted everything before ${until}: it keeps events for 90 days, now from ${oldestKept(now)} on.`
}

/** The message about a `since` before the oldest event that Asana still has. Undefined for any other. */
export function partDeleted({ since }: Pick<TimeRange, 'since'>, now: number): string | undefined {
  const from = millisOf(since)
  // An age of 90 days was converted to a time a moment ago, so it is slightly older now.
  if (from === undefined || from >= now - retentionMs - minuteMs) return undefined
  return `Asana keeps events for 90 days. Events from ${since} to ${oldestKept(now)} are deleted and will be missing.`
}

function oldestKept(now: number): string {
  return new Date(now - retentionMs).toISOString()
}
