import type { AuditLogEvent } from '../../event/event.ts'
import { emailAddress } from '../email-address.ts'
import { type Remainder, textOf } from './remainder.ts'

export interface OcsfUser {
  uid?: string
  name?: string
  email_addr?: string
  type_id: number
  type: string
}

/** Who acted; undefined if the event does not say. Asana itself, for example, has only a kind. */
export function actorUser(event: AuditLogEvent, fields: Remainder): OcsfUser | undefined {
  const kind = textOf(event.actor, 'actor_type')
  const type = serviceToken(event) ? service : actorKind(kind)
  return user(event, 'actor', type, fields, kind)
}

/** The user an event is about; undefined if its resource is not a user. */
export function resourceUser(
  event: AuditLogEvent,
  fields: Remainder,
  kind: 'user' | 'service account' = 'user',
): OcsfUser | undefined {
  if ((textOf(event.resource, 'resource_type') ?? 'user') !== 'user') return undefined
  return user(event, 'resource', kind === 'user' ? person : service, fields)
}

type Kind = Pick<OcsfUser, 'type_id' | 'type'>

const unknown: Kind = { type_id: 0, type: 'Unknown' }
const person: Kind = { type_id: 1, type: 'User' }
const admin: Kind = { type_id: 2, type: 'Admin' }
const system: Kind = { type_id: 3, type: 'System' }
const service: Kind = { type_id: 4, type: 'Service' }

const actorKinds: ReadonlyMap<string, Kind> = new Map([
  ['user', person],
  ['external_administrator', admin],
  ['asana', system],
  ['asana_support', system],
  ['anonymous', unknown],
])

function actorKind(actorType: string | undefined): Kind {
  if (actorType === undefined) return unknown
  return actorKinds.get(actorType) ?? { type_id: 99, type: actorType }
}

function serviceToken({ context }: AuditLogEvent): boolean {
  return textOf(context, 'api_authentication_method') === 'service_account'
}

/**
 * OCSF requires an identifier or a name: without a name the address is used, and without an address the kind of
 * actor.
 */
function user(
  event: AuditLogEvent,
  section: 'actor' | 'resource',
  kind: Kind,
  fields: Remainder,
  lastResort?: string,
): OcsfUser | undefined {
  const uid = fields.take(section, 'gid')
  const told = textOf(event[section], 'email')
  const address = emailAddress(told)
  const name = fields.take(section, 'name') ?? (uid === undefined ? (told ?? lastResort) : undefined)
  if (uid === undefined && name === undefined) return undefined
  if (address !== undefined || name === told) fields.take(section, 'email')
  return {
    ...(uid !== undefined && { uid }),
    ...(name !== undefined && { name }),
    ...(address !== undefined && { email_addr: address }),
    ...kind,
  }
}
