import { type AuditLogEvent, keepAll, toLogRecord } from '@asana-audit/schema'
import { eventCategory } from './event-category.ts'
import { eventTexts } from './event-texts.ts'

/** Selects events. All parts must match, and one value of a list is enough. A part that is left out matches everything. */
export interface EventFilter {
  readonly gid?: string | undefined
  readonly eventTypes?: readonly string[] | undefined
  readonly categories?: readonly string[] | undefined
  readonly actorTypes?: readonly string[] | undefined
  readonly actorGid?: string | undefined
  /** Upper and lower case do not matter. */
  readonly actorEmail?: string | undefined
  readonly resourceGid?: string | undefined
  readonly ip?: ((address: string) => boolean) | undefined
  /** Part of the sentence that describes the event, or of any value in it. Upper and lower case do not matter. */
  readonly text?: string | undefined
}

/** The most expensive part, `text`, is checked last. */
export function eventMatcher(filter: EventFilter): (event: AuditLogEvent) => boolean {
  const { gid, eventTypes, categories, actorTypes, actorGid, resourceGid, ip } = filter
  const email = filter.actorEmail?.toLowerCase()
  const text = filter.text === undefined ? undefined : folded(filter.text)
  return (event) => {
    const { actor, resource, context } = event
    if (gid !== undefined && event.gid !== gid) return false
    if (eventTypes && !eventTypes.includes(event.event_type)) return false
    if (categories && !categories.includes(eventCategory(event))) return false
    if (actorTypes && !actorTypes.includes(String(actor.actor_type))) return false
    if (actorGid !== undefined && actor.gid !== actorGid) return false
    if (email !== undefined && lowerCase(actor.email) !== email) return false
    if (resourceGid !== undefined && resource?.gid !== resourceGid) return false
    if (ip && !ip(String(context?.client_ip_address))) return false
    return text === undefined || mentions(event, text)
  }
}

/** Asana's answers may contradict its documentation, so an address may be something other than text. */
function lowerCase(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined
}

function mentions(event: AuditLogEvent, text: string): boolean {
  for (const value of eventTexts(event)) if (folded(value).includes(text)) return true
  return folded(toLogRecord(event, { fieldPolicy: keepAll }).body).includes(text)
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
