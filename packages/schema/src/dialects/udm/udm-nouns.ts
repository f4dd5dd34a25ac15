import type { EventContext } from '../../context/event-context.ts'
import type { AuditLogEvent } from '../../event/event.ts'
import { ipAddress } from '../../log-record/ip-address.ts'
import type { EventMapping } from '../../mapping/mapping-of.ts'
import { definedOf } from '../defined-of.ts'
import { ecsGroup } from '../ecs-user.ts'
import { emailAddress } from '../email-address.ts'
import { type EventParts, loginUser, said, targetUser } from '../event-parts.ts'
import { settingName } from '../setting-name.ts'
import { udmClient } from './udm-client.ts'
import type { UdmPrincipal, UdmResource, UdmTarget, UdmUser } from './udm-event.ts'

/** Who acted, and from where; undefined if the event says neither. Asana itself, for example, has only a kind. */
export function udmPrincipal({ actor, context }: EventParts, known: EventContext): UdmPrincipal | undefined {
  const ip = ipAddress(context['client_ip_address'])
  const principal = unlessEmpty<UdmPrincipal>({
    user: udmUser(actor, said(actor['actor_type'])),
    ip: ip === undefined ? undefined : [ip],
    application: said(context['oauth_app_name']),
  })
  return principal && { ...principal, ...udmClient(ip, known) }
}

/** What it was done to. Only the resource can be an account: an event does not say, for example, who was added to a team. */
export function udmTarget(event: AuditLogEvent, parts: EventParts, mapping: EventMapping): UdmTarget {
  const { id, name } = ecsGroup(parts)
  const isSetting = mapping.udm.type.startsWith('SETTING_')
  const resource = udmResource(parts, mapping)
  return {
    application: 'Asana',
    ...definedOf({
      user: targetedUser(parts, mapping),
      group: unlessEmpty({ group_display_name: name, product_object_id: id }),
      resource: isSetting ? setting(event) : resource,
      resource_ancestors: isSetting && resource ? [resource] : undefined,
    }),
  }
}

/** The account of a login is the actor, or, as in a failed login, the account that the login was for. */
function targetedUser(parts: EventParts, { family, udm, ecs }: EventMapping): UdmUser | undefined {
  const isLogin = ecs.category.includes('authentication') && udm.type !== 'USER_UNCATEGORIZED'
  const found = targetUser(parts) ?? (isLogin ? loginUser(parts) : undefined)
  const user = found && udmUser(found)
  const role = ['R1', 'R2', 'R3'].includes(family) ? said(parts.details['new_value']) : undefined
  return user && role !== undefined ? { ...user, attribute: { roles: [{ name: role }] } } : user
}

function udmUser(
  { gid, name, email }: { readonly [field: string]: unknown },
  lastResort?: string,
): UdmUser | undefined {
  const address = emailAddress(email)
  const user = unlessEmpty<UdmUser>({
    userid: said(email, gid),
    user_display_name: said(name),
    email_addresses: address === undefined ? undefined : [address],
    product_object_id: said(gid),
  })
  return user ?? (lastResort === undefined ? undefined : { user_display_name: lastResort })
}

const resourceTypes: ReadonlyMap<unknown, NonNullable<UdmResource['resource_type']>> = new Map([
  ['workspace', 'CLOUD_ORGANIZATION'],
  ['attachment', 'STORAGE_OBJECT'],
  ['user', 'USER'],
])

/** Undefined if the resource has neither a name nor an identifier. */
function udmResource({ resource }: EventParts, { target }: EventMapping): UdmResource | undefined {
  const identity = unlessEmpty({
    name: said(resource['name'], resource['email']),
    product_object_id: said(resource['gid']),
  })
  const type = target === 'service account' ? 'SERVICE_ACCOUNT' : resourceTypes.get(resource['resource_type'])
  return (
    identity && {
      ...identity,
      ...definedOf({ resource_type: type, resource_subtype: said(resource['resource_type']) }),
    }
  )
}

/** The name of the setting is in the event type. */
function setting({ event_type: type }: AuditLogEvent): UdmResource {
  return { resource_type: 'SETTING', name: settingName(type.toWellFormed()) }
}

function unlessEmpty<T extends object>(fields: { [Name in keyof T]: T[Name] | undefined }): T | undefined {
  const defined = definedOf(fields)
  return Object.keys(defined).length > 0 ? (defined as T) : undefined
}
