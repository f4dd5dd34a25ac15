import { createHash } from 'node:crypto'
import type { Hit } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt } from '@asana-audit/schema/lossless'
import type { Finding } from '../progress/finding/finding.ts'

/** A longer text is cut: an event may hold any text, and a thousand findings may wait in memory. */
const longest = 200

export function findingOf({ rule, event, correlated, firstSeen }: Hit): Finding {
  const { id, title, level, tags } = rule
  const gids = correlated?.gids ?? [event.gid]
  // Of an event as Asana sent it, which may contradict the documentation.
  const given = Object(event.actor) as Partial<AuditLogEvent['actor']>
  const actor = actorOf(given)
  const from = shortened(event.context?.client_ip_address)
  const group = correlated?.group ?? groupOf(rule, firstSeen)
  const { email, name, gid } = actor
  const about = [
    `by ${email ?? name ?? gid ?? shortened(given.actor_type) ?? 'an unknown actor'}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...Object.entries(group).map(([field, value]) => `${field} ${value}`),
  ]
  const last = shortened(event.gid)
  const events = gids.length === 1 ? `Event ${last}` : `${correlated?.count} events, the last ${last}`
  return {
    id: idOf(id, event.gid, group),
    rule: { id, title, level, tags },
    at: millisAt(event.created_at),
    message: `${title} (${level}): ${about.join(', ')}, at ${event.created_at}. ${events}.`,
    actor,
    ...(from !== undefined && { from }),
    group,
    count: correlated?.count ?? 1,
    gids: gids.map((one) => one.slice(0, longest)),
  }
}

/** The key of a first-seen rule, and the value that is new for it. */
function groupOf(rule: Hit['rule'], firstSeen: Hit['firstSeen']): Readonly<Record<string, string>> {
  if (rule.kind !== 'first_seen' || !firstSeen) return {}
  return { ...firstSeen.group, [`new ${rule.field}`]: firstSeen.value }
}

function idOf(rule: string, gid: string, group: Readonly<Record<string, string>>): string {
  const content = JSON.stringify([rule, gid, Object.entries(group)])
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

function actorOf({ gid, email, name }: Partial<AuditLogEvent['actor']>): Finding['actor'] {
  const parts = Object.entries({ gid, email, name }).flatMap(([part, value]) => {
    const text = shortened(value)
    return text === undefined ? [] : [[part, text] as const]
  })
  return Object.fromEntries(parts)
}

/** Undefined if the value is not a text, or is empty: Asana's answers may contradict its documentation. */
function shortened(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const text = value.toWellFormed()
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`
}
