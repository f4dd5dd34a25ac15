import { describe, expect, test } from 'vitest'
import { toEcs } from '../../src/dialects/ecs.ts'
import { type AuditLogEvent, fromLogRecord, relevancePolicy } from '../../src/index.ts'
import { mappingOf } from '../../src/mapping.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { everyEventIsValidAndWhole } from '../support/every-event.ts'
import { namesOfTarget, viewEvents } from '../support/view-events.ts'
import { ecsProblems } from './problems/ecs-problems.ts'

/** The event in a document, read like the attributes of an OTLP record. */
function eventIn(document: { asana: { audit: object } }): AuditLogEvent {
  const flat = (object: object, prefix: string): [string, unknown][] =>
    Object.entries(object).flatMap(([key, value]): [string, unknown][] =>
      typeof value === 'object' ? flat(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
    )
  return fromLogRecord({ attributes: Object.fromEntries(flat(document.asana, 'asana.')) })
}

function event(event_type: string, change: { [field: string]: unknown } = {}): AuditLogEvent {
  return {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type,
    actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
    ...change,
  }
}

const bart = { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' }

test('the whole document of an admin role that is given to a user', () => {
  const first = samples.find(({ event_type }) => event_type === 'user_workspace_admin_role_changed')
  const document = toEcs(first as AuditLogEvent, {
    workspace: '42',
    observedTimestamp: [1_767_323_050, 123_456_789],
  })
  expect(document).toMatchObject({
    '@timestamp': first?.created_at,
    event: {
      kind: 'event',
      category: ['iam'],
      type: ['admin', 'user', 'change'],
      outcome: 'success',
      id: '1234',
      action: 'user_workspace_admin_role_changed',
      provider: 'asana',
      module: 'asana',
      dataset: 'asana.audit',
      severity: 14,
      created: '2026-01-02T03:04:10.123456789Z',
    },
    user: {
      id: '1234',
      name: 'homer.simpson@example.io',
      full_name: 'Homer Simpson',
      email: 'homer.simpson@example.io',
      changes: { roles: ['domain_admin'] },
    },
    source: { ip: '12.12.12.12', address: '12.12.12.12' },
    organization: { id: '42' },
    asana: { audit: { relevance: 'high', resource: { resource_type: 'user' } } },
  })
  expect(document.related?.ip).toEqual(['12.12.12.12'])
  expect(document.message).toMatch(/Bart Simpson/)
})

everyEventIsValidAndWhole({ viewOf: toEcs, problemsOf: ecsProblems, eventIn })

describe('the user of a login', () => {
  const bo = { resource_type: 'user', gid: '8', name: 'Bo', email: 'bo@example.com' }
  const account = { id: '8', name: 'bo@example.com', full_name: 'Bo', email: 'bo@example.com' }
  const nobody = { actor_type: 'anonymous' }

  test.each(['user_login_failed', 'user_login_succeeded', 'user_logged_out'])(
    'of the type %s by an unknown actor is the account, which is not its own target',
    (type) => {
      const document = toEcs(event(type, { actor: nobody, resource: bo }))
      expect(document.user).toEqual(account)
      expect(document.related?.user).toEqual(['8', 'Bo', 'bo@example.com'])
    },
  )

  test('by another known actor is that actor, with the account as target', () => {
    const support = { actor_type: 'asana_support', name: 'Cy' }
    const document = toEcs(event('user_login_succeeded', { actor: support, resource: bo }))
    expect(document.user).toEqual({ name: 'Cy', full_name: 'Cy', target: account })
  })

  test('with neither actor nor account is missing', () => {
    expect(toEcs(event('user_login_failed', { actor: nobody, resource: null }))).not.toHaveProperty('user')
  })

  test('is not the account if an unknown actor changed the account', () => {
    const document = toEcs(event('user_forgot_password_started', { actor: nobody, resource: bo }))
    expect(document.user).toEqual({ target: account })
  })
})

test('the person who asked support for a change is among the related users', () => {
  const context = { context_type: 'asana_support', on_behalf_of_user_id: 1200000000000009 }
  const document = toEcs(event('user_login_succeeded', { context }))
  expect(document.related?.user).toContain('1200000000000009')
})

describe('the category', () => {
  test.each([
    ['user_login_failed', ['authentication'], ['start'], 'failure'],
    ['user_forgot_password_started', ['iam'], ['user', 'change'], 'unknown'],
    ['workspace_allowed_ip_range_removed', ['configuration'], ['deletion'], 'success'],
    ['workspace_export_started', ['file'], ['access'], 'success'],
    ['task_deleted', [], ['deletion'], 'success'],
    ['team_member_added', ['iam'], ['group', 'user', 'change'], 'success'],
    ['something_new', [], ['info'], 'success'],
  ])('%s', (type, category, types, outcome) => {
    expect(toEcs(event(type)).event).toMatchObject({ category, type: types, outcome })
    expect(mappingOf(type).ecs).toEqual({ category, type: types, outcome })
  })
})

describe('the target', () => {
  test('is the account that the event names', () => {
    expect(toEcs(event('user_deprovisioned', { resource: bart })).user).toEqual({
      id: '7',
      name: 'ada@example.com',
      full_name: 'Ada',
      email: 'ada@example.com',
      target: { id: '8', name: 'bart@example.com', full_name: 'Bart', email: 'bart@example.com' },
    })
  })

  test('is not the actor a second time', () => {
    const self = event('user_password_changed', { resource: { ...bart, gid: '7' } })
    expect(toEcs(self).user).not.toHaveProperty('target')
    const byEmail = { resource: { resource_type: 'user', email: 'ada@example.com' } }
    expect(toEcs(event('user_password_changed', byEmail)).user).not.toHaveProperty('target')
  })

  test('is never invented: only the resource can be one', () => {
    let targets = 0
    for (const [what, one] of viewEvents()) {
      const names = namesOfTarget(one)
      const { target = {} } = toEcs(one).user ?? {}
      for (const value of Object.values(target)) expect(names, what).toContain(value)
      targets += Object.keys(target).length > 0 ? 1 : 0
    }
    expect(targets).toBeGreaterThan(100)
  })

  test.each(['team_member_added', 'project_member_removed', 'portfolio_member_added'])(
    'is missing in %s, which does not say who the member is',
    (type) => {
      const document = toEcs(event(type, { resource: { resource_type: 'team', gid: '13', name: 'Ops' } }))
      expect(document.user).not.toHaveProperty('target')
      expect(document.related?.user).toEqual(['7', 'Ada', 'ada@example.com'])
    },
  )

  test('is not a workspace, a team or a file', () => {
    for (const resource_type of ['workspace', 'team', 'attachment', undefined]) {
      const resource = { ...bart, resource_type }
      expect(toEcs(event('user_csv_import_started', { resource })).user).not.toHaveProperty('target')
    }
  })
})

test('an invalid address is not in fields that accept only addresses', () => {
  const odd = toEcs(event('user_logged_out', { context: { client_ip_address: '10.0.0.1:443' } }))
  expect(odd.source).toEqual({ address: '10.0.0.1:443' })
  expect(odd.related).not.toHaveProperty('ip')
  expect(toEcs(event('user_logged_out'))).not.toHaveProperty('source')
})

test('unknown values are left out', () => {
  const nobody = toEcs({ ...event('user_logged_out'), actor: { actor_type: 'asana' } })
  expect(Object.keys(nobody)).toEqual(['@timestamp', 'ecs', 'message', 'event', 'asana'])
})

test('a team is the group of an event about it, and of an event about a role in it', () => {
  const team = { resource_type: 'team', gid: '13', name: 'Ops' }
  expect(toEcs(event('team_deleted', { resource: team })).group).toEqual({ id: '13', name: 'Ops' })
  const role = event('user_team_admin_role_changed', { resource: bart, details: { group: team } })
  expect(toEcs(role).group).toEqual({ id: '13', name: 'Ops' })
  expect(toEcs(event('user_deprovisioned', { resource: bart }))).not.toHaveProperty('group')
})

test('an attachment is a file', () => {
  const resource = { resource_type: 'attachment', gid: '14', name: 'plan.pdf' }
  expect(toEcs(event('attachment_downloaded', { resource })).file).toEqual({ name: 'plan.pdf' })
})

test('an event about the workspace has the workspace as organization', () => {
  const resource = { resource_type: 'workspace', gid: '12', name: 'Example' }
  expect(toEcs(event('workspace_export_started', { resource })).organization).toEqual({
    id: '12',
    name: 'Example',
  })
})

test('the relevance of the settings is the severity', () => {
  const relevance = relevancePolicy({ user_logged_out: 'critical' })
  const { event: fields, asana } = toEcs(event('user_logged_out'), { relevance })
  expect([fields.severity, asana.audit['relevance']]).toEqual([16, 'critical'])
})

test.each([
  ['2026-01-02T05:04:05.6789+02:00', '2026-01-02T03:04:05.678900000Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['0001-01-01t00:00:00z', '0001-01-01T00:00:00.000Z'],
  // Elasticsearch would refuse this year.
  ['9999-12-31T23:59:59-05:00', '1970-01-01T00:00:00.000Z'],
])('the time %s is %s', (created_at, time) => {
  const document = toEcs({ ...event('user_logged_out'), created_at })
  expect(document['@timestamp']).toBe(time)
  expect(ecsProblems(document)).toEqual([])
})
