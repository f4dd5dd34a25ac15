import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { pageData } from '../asana/audit-log-page.ts'
import { retentionMs } from '../asana/retention.ts'
import { systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { acceptPage } from './accept-page.ts'
import { pageWithinCap } from './page-reader.ts'
import type { AsanaSourceOptions } from './source-options.ts'

/** How far back the first request asks. */
const firstSpanMs = minuteMs
/** Each asks for so many times as much, until there is something. */
const growth = 4
/** Then the time that may hold something newer is halved so often. */
const halvings = 6

/**
 * An event after `at` (milliseconds since 1970), the newest of those the options ask for, or nearly: Asana gives the oldest first, so
 * the very newest may be many pages away. One attempt a request, and no facts. Undefined where there is none.
 */
export async function newestEvent(
  options: AsanaSourceOptions,
  at: number,
  signal: AbortSignal | undefined,
): Promise<AuditLogEvent | undefined> {
  const { until, clock = systemClock } = options
  const accept = acceptPage({ ...options, onFact: undefined })
  const end = Math.min(clock.now(), millisOf(until) ?? Number.POSITIVE_INFINITY)

  /** The last on the first page of what happened from then on, which is not the last there is where there are more pages. */
  async function lastFrom(from: number): Promise<AuditLogEvent | undefined> {
    const page = await pageWithinCap(options, { startAt: new Date(from).toISOString() }, until, signal)
    const { events } = accept(pageData(page), undefined, { asana: end, own: end })
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
