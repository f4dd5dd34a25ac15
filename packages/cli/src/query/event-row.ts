import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt } from '@asana-audit/schema/lossless'
import { clockTime, type Zone } from './zone.ts'

/** One event for a person. The texts are as Asana sent them and not yet safe for a terminal. */
export interface EventRow {
  readonly time: string
  readonly who: string
  readonly what: string
  readonly on: string
  readonly from: string
  readonly gid: string
}

/** `kinds`: whether to include the type of the resource and the origin of the action. */
export function eventRow(event: AuditLogEvent, zone: Zone, kinds: boolean): EventRow {
  const [resource, address] = [resourceName(event), text(event.context?.client_ip_address)]
  const [resourceKind, originKind] = [text(event.resource?.resource_type), origin(event)]
  return {
    time: clockTime(millisAt(event.created_at), zone),
    who: actorName(event),
    what: event.event_type + change(event),
    on: kinds ? withKind(resource, resourceKind) : resource || resourceKind,
    from: kinds ? withKind(address, originKind) : address || originKind,
    gid: event.gid,
  }
}

/** The name, else the e-mail address, else the gid, else the kind of actor. */
export function actorName({ actor }: AuditLogEvent): string {
  return text(actor.name) || text(actor.email) || text(actor.gid) || text(actor.actor_type)
}

export function resourceName({ resource }: AuditLogEvent): string {
  return text(resource?.name) || text(resource?.email) || text(resource?.gid)
}

/** `: member → super_admin`, for the events that say what changed. */
export function change({ details }: AuditLogEvent): string {
  const [before, after] = [text(details?.['old_value']), text(details?.['new_value'])]
  if (after === '') return ''
  return before === '' ? `: ${after}` : `: ${before} → ${after}`
}

/** For example `web`. For the API: the app, or how it was authenticated. */
function origin({ context }: AuditLogEvent): string {
  const kind = text(context?.context_type)
  const app = text(context?.oauth_app_name) || text(context?.rule_name)
  return app || (kind === 'api' && text(context?.api_authentication_method)) || kind
}

function withKind(name: string, kind: string): string {
  return name !== '' && kind !== '' ? `${name} (${kind})` : name || kind
}

/** Asana's answers may contradict its documentation, so only text and numbers are shown. */
function text(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() : ''
}
