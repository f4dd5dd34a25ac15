import type { AuditLogEvent } from '../event/event.ts'
import { eventTypes } from '../event/event-types.ts'
import { isRecord } from '../event/is-record.ts'

const longest = 200

const openings: ReadonlyMap<string, string> = new Map(
  [...eventTypes].map(([name, { description }]) => [name, description.replace(/\.$/, '')]),
)

/**
 * Who did what to what, from where, in one line for a person: "Session was ended by logout: Ann Lee (user), by Ann
 * Lee (ann@example.com), from 192.0.2.7 (web)." Holds only values of the event, so a field policy applied to the
 * event also covers the sentence. At most 2,000 characters, for any event.
 */
export function sentence(event: AuditLogEvent): string {
  const { actor } = event
  const resource = isRecord(event.resource) ? event.resource : {}
  const details = isRecord(event.details) ? event.details : {}
  const context = isRecord(event.context) ? event.context : {}
  const what = openings.get(event.event_type) ?? spoken(event.event_type)
  const name = line(actor.name)
  const email = line(actor.email)
  const gid = line(actor.gid)
  const on = clause(
    ': ',
    line(resource.name) || line(resource.email) || line(resource.gid),
    line(resource.resource_type),
  )
  const by = clause(', by ', name || email || gid || line(actor.actor_type), email || gid)
  const from = clause(', from ', line(context.client_ip_address), line(context.context_type))
  return `${what}${on}${change(line(details['old_value']), line(details['new_value']))}${by}${from}.`
}

/** `, by Ann Lee (ann@example.com)`; the part in brackets only if it adds something. */
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
 * A value on one line and not too long; empty if it has nothing readable. Line breaks, other control characters and
 * marks that change the writing direction could forge a log line.
 */
function line(value: unknown): string {
  if (typeof value !== 'string') return ''
  if (isPlain(value)) return value
  const head = value.slice(0, 2 * longest).replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
  const characters = [...head.trim().toWellFormed()]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}

/** Whether a text needs no change, like most texts: only letters of any script, with single blanks between them. */
function isPlain(text: string): boolean {
  const { length } = text
  if (length === 0 || length > longest || text[0] === ' ' || text[length - 1] === ' ') return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const isAscii = code >= 0x20 && code <= 0x7e
    // Between and after these ranges are other blanks, the marks, and the halves of surrogate pairs.
    if (!isAscii && !(code > 0xa0 && code < 0x1680) && !(code > 0x3000 && code < 0xd800)) return false
  }
  return true
}

/** `new_event_type` as `New event type`. */
function spoken(name: string): string {
  const text = line(name).replaceAll('_', ' ')
  return text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : 'Event'
}
