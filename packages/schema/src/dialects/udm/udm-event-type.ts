import type { UdmPrincipal, UdmTarget } from './udm-event.ts'

/** What an event type requires. A machine is an address, the only thing an event says of one. */
type Part = 'machine' | 'principal' | 'actor' | 'user' | 'group' | 'resource'

const account: readonly Part[] = ['machine', 'user']
const changedUser: readonly Part[] = ['principal', 'user']
const cloudResource: readonly Part[] = ['actor', 'resource']
const setting: readonly Part[] = ['machine', 'resource']
const team: readonly Part[] = ['principal', 'group']
const resource: readonly Part[] = ['principal', 'resource']

/**
 * Required fields by event type, https://docs.cloud.google.com/chronicle/docs/unified-data-model/udm-usage. It does not list groups and
 * `RESOURCE_*`: those have what their names say, and who acted. Google refuses a whole request for one event that lacks a field.
 */
const required: ReadonlyMap<string, readonly Part[]> = new Map([
  ['USER_LOGIN', changedUser],
  ['USER_LOGOUT', changedUser],
  ['USER_CHANGE_PASSWORD', changedUser],
  ['USER_CHANGE_PERMISSIONS', changedUser],
  ['USER_CREATION', account],
  ['USER_DELETION', account],
  ['USER_UNCATEGORIZED', account],
  ['USER_RESOURCE_ACCESS', cloudResource],
  ['USER_RESOURCE_CREATION', cloudResource],
  ['USER_RESOURCE_DELETION', cloudResource],
  ['USER_RESOURCE_UPDATE_CONTENT', cloudResource],
  ['USER_RESOURCE_UPDATE_PERMISSIONS', cloudResource],
  ['SETTING_CREATION', setting],
  ['SETTING_MODIFICATION', setting],
  ['SETTING_DELETION', setting],
  ['SETTING_UNCATEGORIZED', setting],
  ['GROUP_CREATION', team],
  ['GROUP_MODIFICATION', team],
  ['GROUP_DELETION', team],
  ['GROUP_UNCATEGORIZED', team],
  ['RESOURCE_CREATION', resource],
  ['RESOURCE_PERMISSIONS_CHANGE', resource],
])

/** The same act on a resource, for an event without an address, account or team. Not for logins, which are no such act. */
const onResource: ReadonlyMap<string, string> = new Map([
  ['USER_CREATION', 'USER_RESOURCE_CREATION'],
  ['USER_DELETION', 'USER_RESOURCE_DELETION'],
  ['USER_UNCATEGORIZED', 'USER_RESOURCE_UPDATE_CONTENT'],
  ['USER_CHANGE_PASSWORD', 'USER_RESOURCE_UPDATE_CONTENT'],
  ['USER_CHANGE_PERMISSIONS', 'USER_RESOURCE_UPDATE_PERMISSIONS'],
  ['SETTING_CREATION', 'USER_RESOURCE_CREATION'],
  ['SETTING_MODIFICATION', 'USER_RESOURCE_UPDATE_CONTENT'],
  ['SETTING_DELETION', 'USER_RESOURCE_DELETION'],
  ['SETTING_UNCATEGORIZED', 'USER_RESOURCE_UPDATE_CONTENT'],
  ['GROUP_CREATION', 'USER_RESOURCE_CREATION'],
  ['GROUP_MODIFICATION', 'USER_RESOURCE_UPDATE_CONTENT'],
  ['GROUP_DELETION', 'USER_RESOURCE_DELETION'],
  ['GROUP_UNCATEGORIZED', 'USER_RESOURCE_UPDATE_CONTENT'],
])

/** The event type of the table, or the nearest one whose required fields the event has. */
export function udmEventType(
  wanted: string,
  { principal, target }: { principal: UdmPrincipal | undefined; target: UdmTarget },
): string {
  const has: { readonly [Name in Part]: boolean } = {
    machine: principal?.ip !== undefined,
    principal: principal !== undefined,
    actor: principal?.user !== undefined,
    user: target.user !== undefined,
    group: target.group !== undefined,
    resource: target.resource !== undefined,
  }
  const isWhole = (type: string): boolean => required.get(type)?.every((part) => has[part]) ?? false
  if (isWhole(wanted)) return wanted
  const instead = onResource.get(wanted)
  return instead !== undefined && isWhole(instead) ? instead : 'GENERIC_EVENT'
}
