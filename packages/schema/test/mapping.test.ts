import { expect, test } from 'vitest'
import { eventTypes } from '../src/index.ts'
import { families } from '../src/mapping/families.ts'
import { familyTypes, mappingOf } from '../src/mapping.ts'

const listed = Object.entries(familyTypes).flatMap(([family, names]) =>
  names.map((name) => ({ family, name })),
)

test('every catalogued type is in exactly one of 65 families', () => {
  expect(Object.keys(familyTypes)).toHaveLength(65)
  expect(listed).toHaveLength(eventTypes.size)
  expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(eventTypes.keys()))
  for (const { family, name } of listed) expect(mappingOf(name).family).toBe(family)
})

test('a family belongs to one category, and its letter says which', () => {
  const letters = new Map<string, string>()
  for (const { family, name } of listed) {
    const { category = '' } = eventTypes.get(name) ?? {}
    expect(letters.get(family.charAt(0)) ?? category).toBe(category)
    letters.set(family.charAt(0), category)
  }
  expect(letters.size).toBe(9)
})

test('no two families have the same mapping', () => {
  const meanings = Object.values(families).map(({ meaning }) => meaning)
  expect(new Set(meanings).size).toBe(75)
})

test.each([
  ['user_login_failed', undefined, 'Authentication Logon'],
  ['user_password_reset', undefined, 'UserManagement PasswordReset'],
  ['team_member_removed', undefined, 'UserManagement UserRemovedFromGroup'],
  ['workspace_allowed_ip_range_removed', undefined, 'AuditEvent Delete'],
  ['workspace_x_enabled', 'admin_settings', 'AuditEvent Enable'],
  ['workspace_x', 'admin_settings', 'AuditEvent Set'],
  ['form_undeleted', 'deletion', 'AuditEvent Create'],
  ['something', 'a_new_category', 'AuditEvent Other'],
])('%s of %s is %s in ASIM', (name, category, expected) => {
  const { schema, type } = mappingOf(name, category).asim
  expect(`${schema} ${type}`).toBe(expected)
})

/** Class and activity, ECS, CIM, UDM in a line, so that a person can compare it with the reference. */
function line(name: string, category?: string) {
  const { family, relevance, ocsf, ecs, cim, udm } = mappingOf(name, category)
  const tags = cim ? `${cim.tags.join('+')} ${cim.action}` : 'none'
  const activity = [`${ocsf.classUid}/${ocsf.activityId}`, ocsf.activityName].filter(Boolean).join(' ')
  const kind = `[${ecs.category.join()}] [${ecs.type.join()}] ${ecs.outcome}`
  return `${family} ${relevance} | ${activity} | ${kind} | ${tags} | ${udm.type}`
}

test.each([
  [
    'user_login_failed',
    'L2 low | 3002/1 | [authentication] [start] failure | authentication failure | USER_LOGIN',
  ],
  ['user_logged_out', 'L3 informational | 3002/2 | [authentication] [end] success | none | USER_LOGOUT'],
  [
    'user_password_reset',
    'U5 low | 3001/4 | [iam] [user,change] success | change+account modified | USER_CHANGE_PASSWORD',
  ],
  [
    'user_password_changed',
    'U5 low | 3001/3 | [iam] [user,change] success | change+account modified | USER_CHANGE_PASSWORD',
  ],
  [
    'domain_user_billing_unpaused',
    'U9 informational | 3001/99 Resume Billing | [iam] [user,change] success | change+account modified | USER_UNCATEGORIZED',
  ],
  [
    'role_permission_changed',
    'R4 medium | 3004/3 | [iam] [admin,change] success | change modified | RESOURCE_PERMISSIONS_CHANGE',
  ],
  [
    'team_harvest_integration_disabled',
    'A7 low | 3004/9 | [configuration] [change] success | change modified | SETTING_MODIFICATION',
  ],
  [
    'workspace_allowed_ip_range_removed',
    'S9 high | 3004/4 | [configuration] [deletion] success | change deleted | SETTING_DELETION',
  ],
  [
    'workspace_ip_allowlist_member_type_changed',
    'S9 high | 3004/3 | [configuration] [change] success | change modified | SETTING_MODIFICATION',
  ],
  [
    'workspace_baa_signed',
    'S19 informational | 3004/99 Sign | [configuration] [info] success | change updated | SETTING_UNCATEGORIZED',
  ],
  [
    'attachment_undeleted',
    'D7 informational | 6006/8 | [file] [creation] success | data+access created | USER_RESOURCE_UPDATE_CONTENT',
  ],
])('%s is %s', (name, expected) => {
  expect(line(name)).toBe(expected)
})

test.each([
  [
    'passkey_login_started',
    'logins',
    'logins low | 3002/99 | [authentication] [info] success | none | USER_UNCATEGORIZED',
  ],
  [
    'user_renamed',
    'user_updates',
    'user_updates low | 3001/99 | [iam] [user,change] success | change+account modified | USER_UNCATEGORIZED',
  ],
  [
    'role_granted',
    'roles',
    'roles medium | 3005/99 | [iam] [admin,change] success | change+account modified | USER_CHANGE_PERMISSIONS',
  ],
  [
    'app_blocked',
    'apps',
    'apps low | 3001/99 | [iam] [user,change] success | change+account modified | USER_UNCATEGORIZED',
  ],
  [
    'goal_shared',
    'access_control',
    'access_control low | 6001/3 | [] [access,change] success | change acl_modified | USER_RESOURCE_UPDATE_PERMISSIONS',
  ],
  [
    'workspace_x_enabled',
    'admin_settings',
    'admin_settings medium | 3004/8 | [configuration] [change] success | change modified | SETTING_MODIFICATION',
  ],
  [
    'workspace_x_disabled',
    'admin_settings',
    'admin_settings medium | 3004/9 | [configuration] [change] success | change modified | SETTING_MODIFICATION',
  ],
  [
    'workspace_x',
    'admin_settings',
    'admin_settings medium | 3004/3 | [configuration] [change] success | change modified | SETTING_MODIFICATION',
  ],
  [
    'goal_export_started',
    'content_export',
    'content_export medium | 6001/7 | [file] [access] success | data+access downloaded | USER_RESOURCE_ACCESS',
  ],
  [
    'goal_created',
    'creation',
    'creation informational | 6001/1 | [] [creation] success | data+access created | USER_RESOURCE_CREATION',
  ],
  [
    'form_deleted',
    'deletion',
    'deletion informational | 6001/4 | [] [deletion] success | data+access deleted | USER_RESOURCE_DELETION',
  ],
  [
    'form_undeleted',
    'deletion',
    'deletion informational | 6001/99 Restore | [] [creation] success | data+access created | USER_RESOURCE_UPDATE_CONTENT',
  ],
  ['something', 'a_new_category', 'other low | 0/99 | [] [info] success | none | GENERIC_EVENT'],
  ['__proto__', '__proto__', 'other low | 0/99 | [] [info] success | none | GENERIC_EVENT'],
  ['', undefined, 'other low | 0/99 | [] [info] success | none | GENERIC_EVENT'],
])('the unknown type %s of %s is %s', (name, category, expected) => {
  expect(line(name, category)).toBe(expected)
})
