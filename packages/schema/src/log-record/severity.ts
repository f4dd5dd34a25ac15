import type { AuditLogEvent } from '../event/event.ts'
import type { Relevance } from '../mapping/families.ts'
import { relevanceOf } from '../mapping/relevance.ts'
import type { RelevancePolicy } from '../mapping/relevance-policy.ts'

/**
 * OpenTelemetry's numbers for INFO, INFO2, WARN, WARN2 and WARN4. An audit event is a correct report, even of a
 * failed login, so no event gets a number for errors (17 and up).
 */
export type SeverityNumber = 9 | 10 | 13 | 14 | 16

/** The number of each relevance. */
export const severityNumbers: { readonly [Level in Relevance]: SeverityNumber } = {
  informational: 9,
  low: 10,
  medium: 13,
  high: 14,
  critical: 16,
}

/** The severity of an event: its relevance as a number. */
export function severityNumber(event: AuditLogEvent, policy?: RelevancePolicy): SeverityNumber {
  return severityNumbers[relevanceOf(event, policy)]
}
