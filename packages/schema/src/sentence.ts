import type { AuditLogEvent } from './event.ts'
import { eventType } from './event-types.ts'
import { isRecord } from './is-record.ts'

const longest = 200

/** Most texts are as they should be. */
const plain = /^[!-~](?:[ -~]{0,198}[!-~])?$/

/**
 * Who did what to what, from where, in one line for a person: "Session was ended by logout: Ann Lee (user),
 * by Ann Lee (ann@example.com), from 192.0.2.7 (web)." Holds only what the event holds, so a field policy
 * applied to the event holds for the sentence. At most 2,000 characters, whatever comes.
 */
export function sentence(event: AuditLogEvent): string {
  const { actor } = event
  const resource = isRecord(event.resource) ? event.resource : {}
  const details = isRecord(event.details) ? event.details : {}
  const context = isRecord(event.context) ? event.context : {}
  const what = eventType(event.event_type)?.description.replace(/\.$/, '') ?? spoken(event.event_type)
  const parts = [
    clause(': ', words(resource.name, resource.email, resource.gid), words(resource.resource_type)),
    change(words(details['old_value']), words(details['new_value'])),
    clause(
      ', by ',
      words(actor.name, actor.email, actor.gid, actor.actor_type),
      words(actor.email, actor.gid),
    ),
    clause(', from ', words(context.client_ip_address), words(context.context_type)),
  ]
  return `${what}${parts.join('')}.`
}

/** `, by Ann Lee (ann@example.com)`; the part in brackets only where it says more. */
function clause(opening: string, main: string, more: string): string {
  const [first, second] = main ? [main, more] : [more, '']
  if (!first) return ''
  return second && second !== first ? `${opening}${first} (${second})` : `${opening}${first}`
}

function change(before: string, after: string): string {
  if (!after) return ''
  return before ? `, changed from "${before}" to "${after}"` : `, now "${after}"`
}

/**
 * The first of the values that has something to read in it, on one line and not too long; otherwise nothing.
 */
function words(...values: unknown[]): string {
  for (const value of values) {
    const text = typeof value === 'string' ? line(value) : ''
    if (text) return text
  }
  return ''
}

/**
 * Line breaks, other control characters and marks that turn the direction of writing could forge a log line.
 */
function line(text: string): string {
  if (plain.test(text)) return text
  const head = text.slice(0, 2 * longest).replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
  const characters = [...head.trim().toWellFormed()]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}

/** `new_event_type` as `New event type`. */
function spoken(name: string): string {
  const text = words(name).replaceAll('_', ' ')
  return text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : 'Event'
}
