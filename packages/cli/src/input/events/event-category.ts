import { type AuditLogEvent, eventType } from '@asana-audit/schema'

/** The category Asana sent, else the catalogue's, else `unknown`. */
export function eventCategory({ event_category: sent, event_type: type }: AuditLogEvent): string {
  return typeof sent === 'string' && sent !== '' ? sent : (eventType(type)?.category ?? 'unknown')
}
