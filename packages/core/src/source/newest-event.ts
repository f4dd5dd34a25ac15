import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { retentionMs } from '../asana/retention.ts'
import { systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { pageWithinCap } from './page-requests.ts'
import { acceptPage } from './pages/accept-page.ts'
import { pageEntries } from './pages/page-entries.ts'
import type { AsanaSourceOptions } from './source-options.ts'

/** How far back the first request looks. */
const firstSpanMs = minuteMs
/** Each further request looks this many times further back, until it finds an event. */
const growth = 4
/** How often the time that may hold a newer event is then halved. */
const halvings = 6

/**
 * An event after `at` (milliseconds since 1970) that matches the options: the newest, or nearly. Asana sends the oldest first, so the
 * very newest may be many pages away. One attempt for each request, and no facts. Undefined if there is none.
 */
export async function newestEvent(
  options: AsanaSourceOptions,
  at: number,
  signal: AbortSignal | undefined,
): Promise<AuditLogEvent | undefined> {
  const { until, clock = systemClock } = options
  const accept = acceptPage({ ...options, onFact: undefined })
  const end = Math.min(clock.now(), millisOf(until) ?? Number.POSITIVE_INFINITY)

  /** The last event on the first page from that time on. With more pages, newer events exist. */
  async function lastFrom(from: number): Promise<AuditLogEvent | undefined> {
    const page = await pageWithinCap(options, { startAt: new Date(from).toISOString() }, until, signal)
    const { events } = accept(pageEntries(page).entries, undefined, { asana: end, own: end })
    return events.findLast((event) => timeOf(event) > at)
  }

  let newest: AuditLogEvent | undefined
  let nothingFrom = end
  for (let spanMs = firstSpanMs; newest === undefined; spanMs *= growth) {
    const from = Math.max(end - spanMs, at)
    newest = await lastFrom(from)
    if (newest === undefined && from <= Math.max(at, end - retentionMs)) return undefined
    if (newest === undefined) nothingFrom = from
  }
  for (let left = halvings; left > 0 && nothingFrom - timeOf(newest) > 1; left -= 1) {
    const middle = Math.ceil((timeOf(newest) + nothingFrom) / 2)
    const newer = await lastFrom(middle)
    if (newer) newest = newer
    else nothingFrom = middle
  }
  return newest
}

function timeOf({ created_at: createdAt }: AuditLogEvent): number {
  return millisAt(createdAt)
}
