import { type AuditLogEvent, severityNumber } from '@asana-audit/schema'
import { millisAt } from '@asana-audit/schema/lossless'
import { type Html, html } from '../html.ts'
import { actorName, change, resourceName } from '../query/event-row.ts'
import { clockTime, type Zone } from '../query/zone.ts'
import type { TypeFigures } from './figures.ts'
import { named } from './tables.ts'
import { number, shortened, typeLabel } from './wording.ts'

// Rows of the tables that list single events and types. On a narrow screen each row is a separate block.

const severities: Readonly<Record<number, string>> = {
  9: 'informational',
  10: 'low',
  13: 'medium',
  14: 'high',
  16: 'critical',
}

const longest = 160

export function adminChangeRow(event: AuditLogEvent, zone: Zone): Html {
  const severity = severities[severityNumber(event)] ?? 'low'
  const { email, gid } = event.actor
  const on = resourceName(event)
  const address = event.context?.client_ip_address
  const what = shortened(typeLabel(event.event_type) + change(event), longest)
  return html`
<tr><td class="inline"><span class="badge ${severity}">${severity}</span></td><td class="inline when">${clockTime(millisAt(event.created_at), zone)}</td>
<td>${named([what, shortened(on, longest)])}</td>
<td class="inline">${named([shortened(actorName(event), longest), shortened(String((event.actor.name && (email || gid)) || ''), longest)])}</td>
<td>${shortened(String(address || event.context?.context_type || '–'), longest)}</td></tr>`
}

export function typeRow({ type, count, firstAt, isCatalogued }: TypeFigures, zone: Zone): Html {
  const badge = isCatalogued ? '' : html` <span class="badge medium">not in the catalogue</span>`
  return html`
<tr><td>${named([typeLabel(shortened(type, longest)), shortened(type, longest)])}${badge}</td><td class="when">${clockTime(firstAt, zone)}</td><td class="right">${number(count)}<span class="unit"> ${count === 1 ? 'event' : 'events'}</span></td></tr>`
}
