import { emailAddress } from '../email-address.ts'
import { type EventParts, loginUser, said, targetUser } from '../event-parts.ts'
import type { AsimKind } from './asim-schema.ts'

interface Fields {
  readonly [field: string]: unknown
}

/** Who acted. Without an address and a name, the kind of actor is the name, because user management requires one. */
export function actorFields({ actor, context }: EventParts, { schema }: AsimKind): Fields {
  const kind = said(actor['actor_type'])
  const isService = said(context['api_authentication_method']) === 'service_account'
  const service = schema === 'UserManagement' ? 'Service Principal' : 'Service'
  return {
    ...person('Actor', actor, kind ?? 'unknown'),
    ActorUserType: isService ? service : kind && (userTypes.get(kind) ?? 'Other'),
    ActorOriginalUserType: kind,
  }
}

const userTypes: ReadonlyMap<string, string> = new Map([
  ['user', 'Regular'],
  ['external_administrator', 'Admin'],
  ['asana', 'System'],
  ['asana_support', 'System'],
])

/** The account that was logged in to. */
export function loginFields(parts: EventParts): Fields {
  const account = targetUser(parts) ?? loginUser(parts)
  return person('Target', account)
}

/** The account or the group that was changed. */
export function subjectFields(parts: EventParts, isServiceAccount: boolean): Fields {
  const { resource, details } = parts
  const user = targetUser(parts)
  const isTeam = resource['resource_type'] === 'team'
  const [before, after] = [said(details['old_value']), said(details['new_value'])]
  return {
    ...(user && person('Target', user)),
    ...(user && isServiceAccount && { TargetUserType: 'Service Principal' }),
    ...(isTeam && { GroupId: said(resource['gid']), GroupName: said(resource['name']) }),
    ...(isTeam && said(resource['name']) !== undefined && { GroupNameType: 'Simple' }),
    PreviousPropertyValue: before,
    NewPropertyValue: after,
  }
}

/** `UPN` is what ASIM calls an e-mail address. */
function person(role: 'Actor' | 'Target', { gid, name, email }: Fields, lastResort?: string): Fields {
  const [id, username] = [said(gid), said(email, name) ?? lastResort]
  return {
    [`${role}UserId`]: id,
    [`${role}UserIdType`]: id && 'Other',
    [`${role}Username`]: username,
    [`${role}UsernameType`]: username && (emailAddress(username) ? 'UPN' : 'Simple'),
  }
}
