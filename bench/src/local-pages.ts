import type { AuditLogEvent } from '@asana-audit/schema'
import { eventLog } from './asana/event-log.ts'

/** The first events of a log, parsed, in pages of 1,000, for variants that begin after parsing. */
export function localPages(events: number): AuditLogEvent[][] {
  const log = eventLog(
    { events, density: 'uniform', days: 89, everyMs: null, eventBytes: 0 },
    Date.UTC(2026, 10, 1),
  )
  const pages: AuditLogEvent[][] = []
  for (let from = 0; from < events; from += 1000) {
    pages.push(JSON.parse(`[${log.plain(from, Math.min(events, from + 1000))}]`) as AuditLogEvent[])
  }
  return pages
}
