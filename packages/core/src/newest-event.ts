import { type AuditLogEvent, parseMillis } from '@asana-audit/schema'
import { acceptPage } from './accept-page.ts'
import type { AsanaSourceOptions } from './asana-source.ts'
import { pageData } from './audit-log-page.ts'
import { systemClock } from './clock.ts'
import { pageWithinCap } from './page-reader.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** How far back the requests ask, each for the first page of what is left: a busy log has something in the last minutes. */
const spansMs = [10 * minute, 2 * 60 * minute, day, 7 * day, 30 * day, 90 * day]

/**
 * An event after `at` (milliseconds since 1970), a late one of what the options ask for: Asana gives the oldest first, so the newest
 * of all may be far. One attempt a request, and no facts. Undefined where there is none.
 */
export async function newestEvent(
  options: AsanaSourceOptions,
  at: number,
  signal: AbortSignal | undefined,
): Promise<AuditLogEvent | undefined> {
  const { until, clock = systemClock } = options
  const accept = acceptPage({ ...options, onEvent: undefined })
  const end = Math.min(clock.now(), parseMillis(until ?? '') ?? Number.POSITIVE_INFINITY)
  for (const spanMs of spansMs) {
    const from = Math.max(end - spanMs, at)
    const startAt = new Date(from).toISOString()
    const page = await pageWithinCap(options, { startAt }, until, signal)
    const { events } = accept(pageData(page), undefined, { asana: end, own: end })
    const newest = events.findLast((event) => (parseMillis(event.created_at) ?? 0) > at)
    if (newest || from <= at) return newest
  }
  return undefined
}
