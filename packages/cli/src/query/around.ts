import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt } from '@asana-audit/schema/lossless'
import type { EventQuery, EventReader, Reading } from '../input/reader/reading.ts'

/** How an event is related to the one in the middle. */
export type Relation = 'the event' | 'actor' | 'address' | 'actor, address'

export interface Surroundings {
  /** RFC 3339: from this time, before that time. */
  readonly since: string
  readonly until: string
  /** Undefined for an event of another actor from another address. */
  readonly relation: (event: AuditLogEvent) => Relation | undefined
}

/** The first pass: reads until it meets the event. Only `since` and `until` of the query count. */
export async function findEvent(
  reader: EventReader,
  gid: string,
  { since, until }: Pick<EventQuery, 'since' | 'until'>,
  reading: Reading,
): Promise<AuditLogEvent | undefined> {
  for await (const event of reader.read({ since, until, filter: { gid } }, reading)) return event
  return undefined
}

/**
 * The events of the same actor or the same address within `windowMs` before and after an event. An actor is identified by gid, else by
 * e-mail address, else by name. One without these (`anonymous`, `asana`) is never the same actor.
 */
export function surroundings(event: AuditLogEvent, windowMs: number): Surroundings {
  const at = millisAt(event.created_at)
  const actor = actorIdentity(event)
  const address = event.context?.client_ip_address || undefined
  return {
    since: new Date(at - windowMs).toISOString(),
    // The end is exclusive, and a time may have digits past the millisecond.
    until: new Date(at + windowMs + 1).toISOString(),
    relation: (other) => {
      if (other.gid === event.gid) return 'the event'
      const sameActor = actor !== undefined && actorIdentity(other) === actor
      const sameAddress = address !== undefined && other.context?.client_ip_address === address
      if (sameActor) return sameAddress ? 'actor, address' : 'actor'
      return sameAddress ? 'address' : undefined
    },
  }
}

function actorIdentity({ actor: { gid, email, name } }: AuditLogEvent): string | undefined {
  if (gid) return `gid ${gid}`
  if (typeof email === 'string' && email) return `e-mail ${email.toLowerCase()}`
  return name ? `name ${name}` : undefined
}
