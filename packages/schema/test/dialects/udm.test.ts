import { describe, expect, test } from 'vitest'
import { toUdm, type UdmEvent } from '../../src/dialects/udm.ts'
import { type AuditLogEvent, fromLogRecord, relevancePolicy } from '../../src/index.ts'
import { mappingOf } from '../../src/mapping.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { everyEventIsValidAndWhole } from '../support/every-event.ts'
import { namesOfTarget, viewEvents } from '../support/view-events.ts'
import { udmProblems } from './problems/udm-problems.ts'

/** The event in a UDM event, read like the attributes of an OTLP record. */
function eventIn({ additional }: UdmEvent): AuditLogEvent {
  return fromLogRecord({ attributes: additional as { [name: string]: string } })
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
  const udm = toUdm(first as AuditLogEvent, {
    workspace: '42',
    observedTimestamp: [1_767_323_050, 123_456_789],
  })
  expect(udm).toEqual({
    metadata: {
      event_timestamp: first?.created_at,
      collected_timestamp: '2026-01-02T03:04:10.123456789Z',
      event_type: 'USER_CHANGE_PERMISSIONS',
      vendor_name: 'Asana',
      product_name: 'Asana',
      product_event_type: 'user_workspace_admin_role_changed',
      product_log_id: '1234',
      product_deployment_id: '42',
      description: expect.stringMatching(/Bart Simpson/),
    },
    principal: {
      user: {
        userid: 'homer.simpson@example.io',
        user_display_name: 'Homer Simpson',
        email_addresses: ['homer.simpson@example.io'],
        product_object_id: '1234',
      },
      ip: ['12.12.12.12'],
    },
    target: {
      application: 'Asana',
      user: expect.objectContaining({
        user_display_name: 'Bart Simpson',
        attribute: { roles: [{ name: 'domain_admin' }] },
      }),
      resource: expect.objectContaining({ name: 'Bart Simpson', resource_subtype: 'user' }),
    },
    security_result: [
      {
        summary: expect.any(String),
        severity: 'HIGH',
        detection_fields: [
          { key: 'old_value', value: 'member' },
          { key: 'new_value', value: 'domain_admin' },
        ],
      },
    ],
    network: { http: { user_agent: first?.context.user_agent } },
    additional: expect.objectContaining({ 'asana.audit.relevance': 'high' }),
  })
})

everyEventIsValidAndWhole({ viewOf: toUdm, problemsOf: udmProblems, eventIn })

test('as documented by Asana, every known type has the event type of the table', () => {
  const typed = [...viewEvents()].filter(([what]) => what.endsWith(' as documented'))
  const others = typed.flatMap(([, one]) => {
    const wanted = mappingOf(one.event_type, one.event_category).udm.type
    const { event_type: type } = toUdm(one).metadata
    return type === wanted ? [] : [`${one.event_type}: ${wanted} became ${type}`]
  })
  expect(others.filter((line) => !line.startsWith('brand_new'))).toEqual([])
})

describe('an event that lacks what its type requires has the nearest type', () => {
  const noAddress = { context: { context_type: 'api' } }
  test.each([
    ['user_invited', { resource: bart }, 'USER_CREATION'],
    ['user_invited', { resource: bart, ...noAddress }, 'USER_RESOURCE_CREATION'],
    ['user_deprovisioned', { resource: bart, ...noAddress }, 'USER_RESOURCE_DELETION'],
    ['user_password_changed', { resource: bart, ...noAddress }, 'USER_CHANGE_PASSWORD'],
    ['user_password_changed', { resource: workspace }, 'USER_RESOURCE_UPDATE_CONTENT'],
    ['workspace_saml_settings_changed', { resource: workspace }, 'SETTING_MODIFICATION'],
    ['workspace_saml_settings_changed', { resource: null, ...noAddress }, 'USER_RESOURCE_UPDATE_CONTENT'],
    ['team_created', { resource: team }, 'GROUP_CREATION'],
    ['team_created', { resource: { resource_type: 'x', gid: '1' } }, 'USER_RESOURCE_CREATION'],
    ['task_deleted', { resource: null }, 'GENERIC_EVENT'],
    ['task_deleted', { resource: team, actor: {} }, 'GENERIC_EVENT'],
    ['user_login_failed', { resource: null, actor: { actor_type: 'anonymous' } }, 'GENERIC_EVENT'],
    ['something_new', { resource: team }, 'GENERIC_EVENT'],
  ])('%s with %j is %s', (type, change, expected) => {
    const udm = toUdm(event(type, change))
    expect(udm.metadata.event_type).toBe(expected)
    expect(udm.metadata.product_event_type).toBe(type)
    expect(udmProblems(udm)).toEqual([])
  })
})

describe('a login', () => {
  test('that failed is blocked, with the account as target', () => {
    const details = { method: ['SAML'] }
    const udm = toUdm(
      event('user_login_failed', { actor: { actor_type: 'anonymous' }, resource: bart, details }),
    )
    expect(udm.principal?.user).toEqual({ user_display_name: 'anonymous' })
    expect(udm.target.user?.product_object_id).toBe('8')
    expect(udm.security_result).toMatchObject([{ action: ['BLOCK'], category: ['AUTH_VIOLATION'] }])
    expect(udm.extensions?.auth).toEqual({
      type: 'SSO',
      mechanism: ['MECHANISM_OTHER'],
      auth_details: 'SAML',
      outcome: 'FAILURE',
    })
  })

  test('by a one-time key is not single sign-on', () => {
    const udm = toUdm(
      event('user_login_succeeded', { resource: bart, details: { method: ['ONE_TIME_KEY'] } }),
    )
    expect(udm.security_result).toMatchObject([{ action: ['ALLOW'] }])
    expect(udm.extensions?.auth).toMatchObject({ type: 'AUTHTYPE_UNSPECIFIED', mechanism: ['OTP'] })
  })

  test('without a method has none', () => {
    const udm = toUdm(event('user_logged_out', { resource: bart }))
    expect(udm.extensions?.auth).toEqual({
      type: 'AUTHTYPE_UNSPECIFIED',
      mechanism: ['MECHANISM_UNSPECIFIED'],
      outcome: 'SUCCESS',
    })
  })
})

test('the target is never invented: only the resource, or the actor of a login, can be an account', () => {
  let targets = 0
  for (const [what, one] of viewEvents()) {
    const { user } = toUdm(one).target
    if (user === undefined) continue
    const isLogin = one.event_type.startsWith('user_log')
    const names = new Set([...namesOfTarget(one), ...(isLogin ? Object.values(one.actor) : [])])
    for (const value of [user.userid, user.user_display_name, user.product_object_id].filter(Boolean)) {
      expect(names, what).toContain(value)
    }
    targets += 1
  }
  expect(targets).toBeGreaterThan(100)
})

test.each(['team_member_added', 'project_member_removed', 'portfolio_member_added'])(
  '%s does not say who the member is',
  (type) => {
    expect(toUdm(event(type, { resource: team })).target).not.toHaveProperty('user')
  },
)

test('a setting is named after the event type, in its workspace', () => {
  const { target } = toUdm(event('workspace_password_requirements_changed', { resource: workspace }))
  expect(target).toEqual({
    application: 'Asana',
    resource: { resource_type: 'SETTING', name: 'password_requirements' },
    resource_ancestors: [
      {
        resource_type: 'CLOUD_ORGANIZATION',
        resource_subtype: 'workspace',
        name: 'Example',
        product_object_id: '12',
      },
    ],
  })
})

test('a service account, a file and a team have their own places', () => {
  expect(toUdm(event('service_account_created', { resource: bart })).target.resource?.resource_type).toBe(
    'SERVICE_ACCOUNT',
  )
  const file = { resource_type: 'attachment', gid: '14', name: 'plan.pdf' }
  expect(toUdm(event('attachment_downloaded', { resource: file })).target.resource?.resource_type).toBe(
    'STORAGE_OBJECT',
  )
  expect(toUdm(event('team_deleted', { resource: team })).target.group).toEqual({
    group_display_name: 'Ops',
    product_object_id: '13',
  })
})

test.each([
  ['2026-01-02T05:04:05.67891234+02:00', '2026-01-02T03:04:05.678912340Z'],
  // Protobuf has no such years.
  ['0000-12-31T23:59:59Z', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59-05:00', '1970-01-01T00:00:00.000Z'],
])('the time %s is %s', (created_at, time) => {
  const udm = toUdm({ ...event('user_logged_out'), created_at })
  expect(udm.metadata.event_timestamp).toBe(time)
  expect(udmProblems(udm)).toEqual([])
})

test('texts that Google limits are cut between characters, and whole in additional', () => {
  const type = 'workspace_deprovisioning_project_include_completed_tasks_disabled'
  const udm = toUdm(event(type, { gid: 'é'.repeat(200), resource: workspace }))
  expect(udm.metadata.product_event_type).toBe(type.slice(0, 64))
  expect(udm.metadata.product_log_id).toBe('é'.repeat(128))
  expect(udm.additional).toMatchObject({ 'asana.audit.event_type': type, 'asana.audit.gid': 'é'.repeat(200) })
})

test('what is no address is not among the addresses', () => {
  const udm = toUdm(
    event('task_deleted', {
      actor: { ...ada, email: 'hmac-sha256:00' },
      context: { client_ip_address: '10.0.0.1:443' },
    }),
  )
  expect(udm.principal).toEqual({
    user: { userid: 'hmac-sha256:00', user_display_name: 'Ada', product_object_id: '7' },
  })
})

test('the relevance of the settings is the severity', () => {
  const relevance = relevancePolicy({ user_logged_out: 'critical' })
  const { security_result: result, additional } = toUdm(event('user_logged_out'), { relevance })
  expect([result[0].severity, additional['asana.audit.relevance']]).toEqual(['CRITICAL', 'critical'])
})
