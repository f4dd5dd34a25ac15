import { describe, expect, test } from 'vitest'
import { toOcsf } from '../../../src/dialects/ocsf.ts'
import type { AuditLogEvent } from '../../../src/index.ts'
import { ocsfProblems } from './ocsf-problems.ts'

// The validator of the other tests must itself be tested: one that accepts everything proves nothing.

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05.678Z',
  actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
  context: { client_ip_address: '192.0.2.7', user_agent: 'Firefox', oauth_app_name: 'Sync' },
}
const user = { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' }
const workspace = { resource_type: 'workspace', gid: '12', name: 'Example' }

/** A valid event of every class, by its number. */
const valid = new Map(
  (
    [
      { event_type: 'service_account_created', resource: user },
      { event_type: 'user_login_failed', resource: user, details: { method: ['SAML'] } },
      { event_type: 'workspace_password_requirements_changed', resource: workspace },
      {
        event_type: 'user_team_admin_role_changed',
        resource: user,
        details: { new_value: 'team_admin', group: { gid: '13', name: 'Sales' } },
      },
      { event_type: 'team_created', resource: { gid: '13', name: 'Sales' } },
      { event_type: 'workspace_export_started', resource: workspace },
      { event_type: 'attachment_downloaded', resource: { gid: '9', name: 'plan.pdf' } },
      { event_type: 'something_new' },
    ] satisfies Partial<AuditLogEvent>[]
  ).map((change) => {
    const whole = toOcsf({ ...event, ...change }, { observables: true, workspace: '12' })
    return [whole.class_uid, whole]
  }),
)

test('a valid event of every class has no problems', () => {
  expect([...valid.keys()].toSorted()).toEqual([0, 3001, 3002, 3004, 3005, 3006, 6001, 6006])
  for (const whole of valid.values()) expect(ocsfProblems(whole)).toEqual([])
})

/** An event with another value at a path; undefined removes the value. */
function changed(classUid: number, path: string, value: unknown): unknown {
  const root: Record<string, unknown> = structuredClone(valid.get(classUid) ?? {})
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let part = root
  for (const key of keys) part = part[key] as Record<string, unknown>
  if (value === undefined) delete part[last]
  else part[last] = value
  return root
}

const everyClass = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid']
const required: [number, string][] = [
  ...[...valid.keys()].flatMap((uid) => everyClass.map((name): [number, string] => [uid, name])),
  ...(['product', 'version'] as const).map((name): [number, string] => [6001, `metadata.${name}`]),
  ...(
    [
      [3001, 'user'],
      [3002, 'user'],
      [3004, 'entity'],
      [3005, 'user'],
      [3005, 'privileges'],
    ] as const
  ).map(([uid, name]): [number, string] => [uid, name]),
  [3006, 'group'],
  [6001, 'web_resources'],
  ...['actor', 'file', 'src_endpoint', 'file.name', 'file.type_id', 'observables.0.type_id'].map(
    (name): [number, string] => [6006, name],
  ),
]

describe('a missing required attribute is a problem', () => {
  test.each(required)('in %i: %s', (uid, path) => {
    expect(ocsfProblems(changed(uid, path, undefined))).not.toEqual([])
  })
})

const wrong: [number, string, unknown][] = [
  // Numbers that are not in the list.
  [3001, 'activity_id', 13],
  [3002, 'activity_id', 42],
  [3005, 'activity_id', 3],
  [3006, 'activity_id', -1],
  [6001, 'activity_id', 9],
  [0, 'activity_id', 1],
  [3001, 'severity_id', 7],
  [3001, 'status_id', 3],
  [3002, 'auth_protocol_id', 13],
  [3004, 'entity.type_id', 8],
  [3001, 'user.type_id', 5],
  [6006, 'file.type_id', 9],
  [6006, 'observables.0.type_id', 1000],
  [3001, 'class_uid', 3003],
  [3001, 'class_uid', '3001'],
  [3001, 'category_uid', 6],
  [3001, 'type_uid', 300_199],
  // The captions of other numbers.
  [3001, 'activity_name', 'Delete'],
  [3001, 'class_name', 'Authentication'],
  [3001, 'type_name', 'Account Change'],
  [3001, 'severity', 'Low'],
  [3002, 'status', 'Success'],
  [3004, 'entity.type', 'User'],
  // Other types.
  [3001, 'time', '2026-01-02T03:04:05.678Z'],
  [3001, 'time', 1.5],
  [3001, 'time', Number.NaN],
  [3001, 'severity_id', '1'],
  [3001, 'message', 7],
  [3001, 'message', null],
  [3001, 'user', 'Bart'],
  [3001, 'user', [user]],
  [3001, 'user.uid', 8],
  [3001, 'user.email_addr', 'bart at example'],
  [3001, 'actor.user', null],
  [3005, 'privileges', 'team_admin'],
  [3005, 'privileges', [7]],
  [3005, 'resources', { uid: '13' }],
  [3006, 'group', ['Sales']],
  [6001, 'web_resources', { uid: '12' }],
  [6001, 'web_resources', ['Example']],
  [6001, 'src_endpoint.ip', '300.1.2.3'],
  [6001, 'src_endpoint.ip', '0000:0000:0000:0000:0000:ffff:192.168.100.100'],
  [6001, 'src_endpoint.port', 65_536],
  [6001, 'src_endpoint.mac', '192.0.2.7'],
  [6001, 'metadata', []],
  [6001, 'metadata.product', 'Asana'],
  [6001, 'metadata.version', 1.8],
  [6001, 'metadata.profiles', 'host'],
  [6001, 'unmapped', 'nothing'],
  [6001, 'raw_data', {}],
  [6006, 'file.is_readonly', 'no'],
  // One of these attributes is required.
  [3001, 'user', { type_id: 1 }],
  [3001, 'actor', {}],
  [3002, 'service', {}],
  [3002, 'service', undefined],
  [3004, 'entity', { type_id: 4 }],
  [3004, 'entity.org', {}],
  [3005, 'resources', [{ type: 'team' }]],
  [3006, 'group', {}],
  [6001, 'web_resources', [{ type: 'task' }]],
  [6001, 'src_endpoint', {}],
  [6001, 'metadata.product', { vendor_name: 'Asana' }],
  // Attributes of other classes and objects, of a profile that is not applied, and unknown ones.
  [3001, 'entity', { name: 'Bart' }],
  [3004, 'user', { uid: '8' }],
  [6001, 'actor', { app_name: 'Sync' }],
  [0, 'src_endpoint', { ip: '192.0.2.7' }],
  [3001, 'gid', '1'],
  [3001, 'constructor', '1'],
  [3001, 'user.full name', 'Bart'],
  [3001, 'user.actor_type', 'user'],
  [3004, 'entity.resource_type', 'workspace'],
  [6001, 'web_resources.0.gid', '12'],
  [6001, 'metadata.event_type', 'x'],
  [6006, 'file.cloud', true],
]

describe('a wrong value is a problem', () => {
  test('and there are many of them', () => {
    expect(wrong.length + required.length).toBeGreaterThan(100)
  })

  test.each(wrong)('in %i: %s is %j', (uid, path, value) => {
    expect(ocsfProblems(changed(uid, path, value))).not.toEqual([])
  })

  test.each([[undefined], [null], ['text'], [[]], [{}]])('%j', (value) => {
    expect(ocsfProblems(value)).not.toEqual([])
  })
})

test('the attributes of a profile are known if it is applied', () => {
  const whole = toOcsf({ ...event, event_type: 'something_new' }, { hostProfile: true })
  expect(ocsfProblems(whole)).toEqual([])
  expect(ocsfProblems({ ...whole, metadata: { ...whole.metadata, profiles: [] } })).toEqual([
    'actor: unknown',
  ])
})

test('what 1.8 has and 1.3 does not is a problem of an event of 1.3', () => {
  expect([3004, 3005, 3006, 6006].map((uid) => ocsfProblems(valid.get(uid), '1.3.0'))).toEqual([
    expect.arrayContaining(['actor: unknown']),
    expect.arrayContaining(['resources: unknown']),
    expect.arrayContaining([': none of privileges, user']),
    ['http_request: unknown'],
  ])
})
