import { describe, expect, test } from 'vitest'
import { udmProblems } from './udm-problems.ts'

// The validator of the other tests must itself be tested: one that accepts everything proves nothing.

function login() {
  return {
    metadata: {
      event_timestamp: '2026-01-02T03:04:05.678Z',
      collected_timestamp: '2026-01-02T03:04:06.123456789Z',
      event_type: 'USER_LOGIN',
      vendor_name: 'Asana',
      product_name: 'Asana',
      product_event_type: 'user_login_failed',
      product_log_id: '1200000000000001',
      description: 'Sign-in attempt was rejected.',
    },
    principal: {
      user: { userid: 'ada@example.com', email_addresses: ['ada@example.com'], product_object_id: '7' },
      ip: ['2001:db8::1'],
    },
    target: {
      application: 'Asana',
      user: { userid: 'ada@example.com', attribute: { roles: [{ name: 'admin' }] } },
      group: { group_display_name: 'Ops' },
      resource: { resource_type: 'STORAGE_OBJECT', name: 'plan.pdf' },
    },
    security_result: [
      {
        severity: 'LOW',
        action: ['BLOCK'],
        category: ['AUTH_VIOLATION'],
        detection_fields: [{ key: 'old_value', value: 'a' }],
      },
    ],
    network: { http: { user_agent: 'curl/8' } },
    extensions: { auth: { type: 'SSO', mechanism: ['OTP'], auth_details: 'SAML' } },
    additional: { 'asana.audit.gid': '1', 'asana.audit.context.on_behalf_of_user_id': 7 },
  }
}

/** The event with another value at a path; undefined removes the field. */
function changed(changes: { [path: string]: unknown }): unknown {
  const root = structuredClone(login()) as Record<string, unknown>
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.')
    const last = keys.pop() as string
    const part = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, root)
    if (value === undefined) delete part[last]
    else part[last] = value
  }
  return root
}

test('a good event has no problems', () => {
  expect(udmProblems(login())).toEqual([])
})

test.each([
  ['USER_CHANGE_PERMISSIONS', 'target.user'],
  ['USER_CHANGE_PASSWORD', 'target.user'],
  ['USER_CREATION', 'principal.ip'],
  ['USER_CREATION', 'target.user'],
  ['USER_UNCATEGORIZED', 'principal.ip'],
  ['USER_RESOURCE_ACCESS', 'principal.user'],
  ['USER_RESOURCE_ACCESS', 'target.resource'],
  ['USER_RESOURCE_DELETION', 'target.resource'],
  ['GROUP_MODIFICATION', 'target.group'],
  ['GROUP_CREATION', 'principal'],
  ['RESOURCE_CREATION', 'target.resource'],
])('%s needs %s', (event_type, path) => {
  const type = { 'metadata.event_type': event_type }
  expect(udmProblems(changed(type))).toEqual([])
  expect(udmProblems(changed({ ...type, [path]: undefined }))).not.toEqual([])
})

test('a setting needs an address and a resource of that type', () => {
  const type = { 'metadata.event_type': 'SETTING_MODIFICATION' }
  const setting = { ...type, 'target.resource': { resource_type: 'SETTING', name: 'saml_settings' } }
  expect(udmProblems(changed(setting))).toEqual([])
  expect(udmProblems(changed(type))).not.toEqual([])
  expect(udmProblems(changed({ ...setting, 'principal.ip': undefined }))).not.toEqual([])
})

const texts = [
  ...['metadata.vendor_name', 'metadata.product_name', 'metadata.product_log_id', 'metadata.description'],
  ...['principal.user.userid', 'target.application', 'target.group.group_display_name'],
  ...['network.http.user_agent', 'extensions.auth.auth_details', 'target.resource.name'],
]

const wrong: [string, unknown][] = [
  ...texts.flatMap((path): [string, unknown][] => [
    [path, 7],
    [path, ''],
    [path, null],
    [path, ['a list']],
    [path, 'half a \ud800 pair'],
  ]),
  ['metadata', undefined],
  ['metadata.event_type', undefined],
  ['metadata.event_timestamp', undefined],
  ['metadata.event_type', 'USER_LOGGED_IN'],
  ['metadata.event_type', 15001],
  ['metadata.event_timestamp', '2026-02-30T00:00:00Z'],
  ['metadata.event_timestamp', '2026-01-02T03:04:05.1234567890Z'],
  ['metadata.event_timestamp', { seconds: 1 }],
  ['metadata.product_event_type', 'x'.repeat(65)],
  ['metadata.product_log_id', 'é'.repeat(129)],
  ['metadata.description', 'x'.repeat(1025)],
  ['metadata.actor', 'ada'],
  ['principal', {}],
  ['principal', undefined],
  ['principal.user', {}],
  ['principal.ip', '192.0.2.7'],
  ['principal.ip', []],
  ['principal.ip', ['192.0.2.7:443']],
  ['principal.platform', 'MACOS'],
  ['principal.ip_geo_artifact', { ip: '192.0.2.7' }],
  ['principal.ip_geo_artifact', [{ location: { country: 'DE' } }]],
  ['principal.ip_geo_artifact', [{ location: { region_coordinates: { latitude: '52.5' } } }]],
  ['principal.ip_geo_artifact', [{ network: { asn: 64_496 } }]],
  ['principal.user.email_addresses', ['ada']],
  ['principal.user.email', 'ada@example.com'],
  ['target.user', undefined],
  ['target.resource.resource_type', 'PROJECT'],
  ['target.user.attribute.roles', { name: 'admin' }],
  ['security_result', { severity: 'LOW' }],
  ['security_result', [{ severity: 'Low' }]],
  ['security_result', [{ action: 'BLOCK' }]],
  ['security_result', [{ action: ['BLOCK'] }]],
  ['security_result', [{ action: ['DENY'] }]],
  ['security_result', [{ detection_fields: [{ name: 'a' }] }]],
  ['network.http', 'curl/8'],
  ['extensions', undefined],
  ['extensions.auth.type', 'SAML'],
  ['extensions.auth.mechanism', 'OTP'],
  ['extensions.auth.mechanism', ['PASSWORD']],
  ['additional', { a: { b: 1 } }],
  ['additional', { a: '\ud800' }],
  ['additional', 'text'],
  ['asana', { gid: '1' }],
]

describe('an event with one thing wrong is refused', () => {
  test.each(wrong)('%s: %j', (path, value) => {
    expect(udmProblems(changed({ [path]: value }))).not.toEqual([])
  })

  test.each([[undefined], [null], ['text'], [[]], [{}]])('%j', (value) => {
    expect(udmProblems(value)).not.toEqual([])
  })
})
