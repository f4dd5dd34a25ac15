import type { AuditLogEvent } from '@asana-audit/schema'
import { actorName } from '../query/event-row.ts'

const longestKey = 200

/** A key for a counter: names may be of any length. */
export function boundedKey(text: string): string {
  return text.length > longestKey ? `${text.slice(0, longestKey - 1)}…` : text
}

/** A name is not unique, so the key also has the e-mail address or the gid. `actorLabel` splits it again. */
export function actorKey(event: AuditLogEvent): string {
  const { email, gid } = event.actor
  return JSON.stringify([boundedKey(actorName(event) || 'unknown'), boundedKey(String(email || gid || ''))])
}

/** The name of an actor, and what distinguishes it from others with that name. */
export function actorLabel(actor: string): [name: string, identity: string] {
  const [name = '', identity = ''] = JSON.parse(actor) as string[]
  return [name, identity === name ? '' : identity]
}
