import { describe, expect, test } from 'vitest'
import { type AsimEvent, toAsim } from '../../src/dialects/asim.ts'
import { type AuditLogEvent, fromLogRecord, relevancePolicy } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { everyEventIsValidAndWhole } from '../support/every-event.ts'
import { namesOfTarget, viewEvents } from '../support/view-events.ts'
import { asimProblems } from './problems/asim-problems.ts'

/** The event in an ASIM event, read like the attributes of an OTLP record. */
function eventIn({ AdditionalFields: attributes }: AsimEvent): AuditLogEvent {
  return fromLogRecord({ attributes: attributes as { [name: string]: string } })
}

const ada = { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' }
const bart = { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' }
const web = { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Firefox' }
const workspace = { resource_type: 'workspace', gid: '12', name: 'Example' }
const team = { resource_type: 'team', gid: '13', name: 'Ops' }

function event(event_type: string, change: { [field: string]: unknown } = {}): AuditLogEvent {
  return { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type, actor: ada, context: web, ...change }
}

test('the whole event of an admin role that is given to a user', () => {
  const first = samples.find(({ event_type }) => event_type === 'user_workspace_admin_role_changed')
  const { AdditionalFields, ...fields } = toAsim(first as AuditLogEvent, { workspace: '42' })
  expect(fields).toEqual({
    TimeGenerated: first?.created_at,
    EventStartTime: first?.created_at,
    EventEndTime: first?.created_at,
    EventSchema: 'UserManagement',
    EventSchemaVersion: '0.1.2',
    EventType: 'UserModified',
    EventResult: 'Success',
    EventSeverity: 'High',
    EventOriginalSeverity: 'high',
    EventCount: 1,
    EventVendor: 'Asana',
    EventProduct: 'Asana',
    EventOriginalUid: '1234',
    EventOriginalType: 'user_workspace_admin_role_changed',
    EventMessage: expect.stringMatching(/Bart Simpson/),
    Dvc: 'Asana',
    DvcScopeId: '42',
    ActorUserId: '1234',
    ActorUserIdType: 'Other',
    ActorUsername: 'homer.simpson@example.io',
    ActorUsernameType: 'UPN',
    ActorUserType: 'Regular',
    ActorOriginalUserType: 'user',
    User: 'homer.simpson@example.io',
    TargetUserId: first?.resource.gid,
    TargetUserIdType: 'Other',
    TargetUsername: expect.any(String),
    TargetUsernameType: expect.any(String),
    PreviousPropertyValue: 'member',
    NewPropertyValue: 'domain_admin',
    HttpUserAgent: first?.context.user_agent,
    SrcIpAddr: '12.12.12.12',
    Src: '12.12.12.12',
    IpAddr: '12.12.12.12',
  })
  expect(AdditionalFields['asana.audit.relevance']).toBe('high')
})

everyEventIsValidAndWhole({
  viewOf: (one, { workspace }) => toAsim(one, { workspace }),
  problemsOf: asimProblems,
  eventIn,
})

describe('the schema and the event type', () => {
  test.each([
    ['user_login_succeeded', { resource: bart }, 'Authentication Logon Success'],
    ['user_login_failed', { resource: bart }, 'Authentication Logon Failure'],
    ['user_logged_out', { resource: bart }, 'Authentication Logoff Success'],
    ['user_invited', { resource: bart }, 'UserManagement UserCreated Success'],
    ['user_invited', { resource: workspace }, 'AuditEvent Create Success'],
    ['user_deprovisioned', { resource: null }, 'AuditEvent Delete Success'],
    ['user_password_reset', { resource: bart }, 'UserManagement PasswordReset Success'],
    ['user_password_reset', {}, 'AuditEvent Set Success'],
    ['user_forgot_password_started', { resource: bart }, 'AuditEvent Start NA'],
    ['team_member_added', { resource: team }, 'UserManagement UserAddedToGroup Success'],
    ['team_deleted', { resource: team }, 'UserManagement GroupDeleted Success'],
    ['team_deleted', {}, 'AuditEvent Delete Success'],
    ['workspace_allowed_ip_range_added', { resource: workspace }, 'AuditEvent Create Success'],
    ['workspace_ip_allowlist_disabled', { resource: workspace }, 'AuditEvent Disable Success'],
    ['workspace_baa_signed', { resource: workspace }, 'AuditEvent Other Success'],
    ['workspace_export_started', { resource: workspace }, 'AuditEvent Read Success'],
    ['passkey_login_started', { event_category: 'logins', resource: bart }, 'AuditEvent Other Success'],
    ['something_new', {}, 'AuditEvent Other Success'],
  ])('of %s with %j are %s', (type, change, expected) => {
    const asim = toAsim(event(type, change))
    expect(`${asim.EventSchema} ${asim.EventType} ${asim.EventResult}`).toBe(expected)
    expect(asim.EventOriginalType).toBe(type)
  })
})

describe('a login', () => {
  test('by an unknown actor has the account as target and user', () => {
    const change = { actor: { actor_type: 'anonymous' }, resource: bart, details: { method: ['SAML'] } }
    expect(toAsim(event('user_login_failed', change))).toMatchObject({
      ActorUsername: 'anonymous',
      ActorUserType: 'Other',
      TargetUserId: '8',
      TargetUsername: 'bart@example.com',
      TargetUsernameType: 'UPN',
      User: 'bart@example.com',
      TargetAppName: 'Asana',
      EventResultDetails: 'Other',
      LogonProtocol: 'SAML',
    })
  })

  test('without an account has the actor as target', () => {
    expect(toAsim(event('user_login_succeeded'))).toMatchObject({
      TargetUserId: '7',
      User: 'ada@example.com',
    })
  })
})

test('the target is never invented: only the resource, or the actor of a login, can be an account', () => {
  let targets = 0
  for (const [what, one] of viewEvents()) {
    const { EventSchema: schema, TargetUserId: id, TargetUsername: name } = toAsim(one)
    const names = new Set([
      ...namesOfTarget(one),
      ...(schema === 'Authentication' ? Object.values(one.actor) : []),
    ])
    for (const value of [id, name].filter((text) => text !== undefined)) expect(names, what).toContain(value)
    targets += id === undefined ? 0 : 1
  }
  expect(targets).toBeGreaterThan(100)
})

test('a member who was added to a team has no name, the team has', () => {
  const asim = toAsim(event('team_member_added', { resource: team }))
  expect(asim).toMatchObject({ GroupId: '13', GroupName: 'Ops', GroupNameType: 'Simple' })
  expect(asim).not.toHaveProperty('TargetUsername')
})

test('a setting of the workspace is an object named after the event type', () => {
  const details = { old_value: 'required', new_value: 'optional' }
  const asim = toAsim(event('workspace_saml_settings_changed', { resource: workspace, details }))
  expect(asim).toMatchObject({
    Operation: 'workspace_saml_settings_changed',
    Object: 'saml_settings',
    ObjectType: 'Configuration Atom',
    OriginalObjectType: 'workspace',
    OldValue: 'required',
    NewValue: 'optional',
    Value: 'optional',
    ValueType: 'Other',
  })
  expect(asim).not.toHaveProperty('ObjectId')
})

test('something that was deleted is an object with its name and gid', () => {
  const resource = { resource_type: 'project', gid: '15', name: 'Plan' }
  expect(toAsim(event('project_deleted', { resource }))).toMatchObject({
    Object: 'Plan',
    ObjectId: '15',
    ObjectType: 'Cloud Resource',
    OriginalObjectType: 'project',
  })
})

test('a service account is one by its token and by the event type, in the words of the schema', () => {
  const context = { ...web, api_authentication_method: 'service_account' }
  expect(toAsim(event('project_deleted', { context })).ActorUserType).toBe('Service')
  expect(toAsim(event('service_account_created', { context, resource: bart }))).toMatchObject({
    ActorUserType: 'Service Principal',
    TargetUserType: 'Service Principal',
  })
})

test.each([
  ['2026-01-02T05:04:05.67891234+02:00', '2026-01-02T03:04:05.6789123Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  // Kusto has no such years.
  ['0000-12-31T23:59:59Z', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59-05:00', '1970-01-01T00:00:00.000Z'],
])('the time %s is %s', (created_at, time) => {
  expect(toAsim({ ...event('user_logged_out'), created_at }).TimeGenerated).toBe(time)
})

test('the relevance of the settings is the severity, which ends at high', () => {
  const relevance = relevancePolicy({ user_logged_out: 'critical' })
  expect(toAsim(event('user_logged_out'), { relevance })).toMatchObject({
    EventSeverity: 'High',
    EventOriginalSeverity: 'critical',
  })
})
