import { describe, expect, test } from 'vitest'
import { toCim } from '../../src/dialects/cim.ts'
import { type AuditLogEvent, eventTypes, fromLogRecord } from '../../src/index.ts'
import { mappingOf } from '../../src/mapping.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'
import { namesOfTarget, viewEvents } from '../support/view-events.ts'
import { cimProblems } from './problems/cim-problems.ts'

function event(event_type: string, change: { [field: string]: unknown } = {}): AuditLogEvent {
  return {
    gid: '1',
    created_at: '2026-01-02T03:04:05.678Z',
    event_type,
    actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
    context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Firefox' },
    ...change,
  }
}

/** The result without the event itself. */
function cimFields(one: AuditLogEvent, workspace?: string): Record<string, unknown> {
  const entries = Object.entries(toCim(one, { workspace }))
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith('asana.audit.')))
}

const bart = { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' }

const everywhere = {
  _time: 1_767_323_045.678,
  app: 'asana',
  dest: 'asana',
  dvc: 'asana',
  vendor_product: 'Asana Audit Log',
  vendor_account: '42',
  src: '192.0.2.7',
  src_ip: '192.0.2.7',
  user_agent: 'Firefox',
  id: '1',
}

test('a login is Authentication', () => {
  const login = event('user_login_failed', { resource: bart, details: { method: ['SAML', 'PASSWORD'] } })
  expect(cimFields(login, '42')).toEqual({
    ...everywhere,
    tag: ['authentication'],
    action: 'failure',
    authentication_method: 'SAML, PASSWORD',
    command: 'user_login_failed',
    severity: 'low',
    signature: eventTypes.get('user_login_failed')?.description,
    signature_id: 'user_login_failed',
    user: 'ada@example.com',
    user_id: '7',
    user_name: 'Ada',
    user_type: 'user',
  })
})

test('in a change of an account, the account is the user and its actor the source user', () => {
  const role = event('user_workspace_admin_role_changed', {
    resource: bart,
    details: { old_value: 'member', new_value: 'super_admin' },
  })
  expect(cimFields(role, '42')).toEqual({
    ...everywhere,
    tag: ['change', 'account'],
    action: 'modified',
    change_type: 'AAA',
    command: 'user_workspace_admin_role_changed',
    object: 'Bart',
    object_attrs: 'member -> super_admin',
    object_category: 'user',
    object_id: '8',
    severity: 'high',
    signature: eventTypes.get('user_workspace_admin_role_changed')?.description,
    signature_id: 'user_workspace_admin_role_changed',
    src_user: 'ada@example.com',
    src_user_id: '7',
    src_user_name: 'Ada',
    status: 'success',
    user: 'bart@example.com',
    user_id: '8',
    user_name: 'Bart',
  })
})

test('a download is Data Access', () => {
  const resource = { resource_type: 'attachment', gid: '14', name: 'plan.pdf' }
  expect(cimFields(event('attachment_downloaded', { resource }))).toMatchObject({
    tag: ['data', 'access'],
    action: 'downloaded',
    object: 'plan.pdf',
    object_attrs: 'attachment_downloaded',
    object_category: 'file',
    object_id: '14',
    object_size: 'unknown',
    user: 'ada@example.com',
    vendor_account: 'unknown',
  })
})

test('a setting is a Change, with the gid of its workspace', () => {
  const resource = { resource_type: 'workspace', gid: '12', name: 'Example' }
  const fields = cimFields(event('workspace_require_two_factor_auth_disabled', { resource }))
  expect(fields).toMatchObject({
    tag: ['change'],
    action: 'modified',
    vendor_account: '12',
    object: 'Example',
  })
  expect(fields).not.toHaveProperty('src_user')
})

test('an event of no model has no tag and no action', () => {
  for (const type of ['user_logged_out', 'something_new']) {
    const fields = cimFields(event(type))
    expect(fields['tag']).toEqual([])
    expect(fields).not.toHaveProperty('action')
  }
})

describe('every event is valid and complete', () => {
  const isWhole = (one: AuditLogEvent) =>
    sameJson(fromLogRecord({ attributes: JSON.parse(JSON.stringify(toCim(one))) }), one)

  test('for the samples', () => {
    for (const sample of samples as AuditLogEvent[]) {
      expect(cimProblems(toCim(sample))).toEqual([])
      expect(isWhole(sample)).toBe(true)
    }
  })

  test('for known and unknown types, in every shape', () => {
    for (const [what, one] of viewEvents()) {
      const view = toCim(one)
      expect(cimProblems(view), what).toEqual([])
      expect(view.tag, what).toEqual(mappingOf(one.event_type, one.event_category).cim?.tags ?? [])
      expect(isWhole(one), what).toBe(true)
    }
  })

  test('for any event', () => {
    holds(arbitraryEvent, (one) => cimProblems(toCim(one)).length === 0 && isWhole(one))
  })
})

test('the changed account is never invented', () => {
  for (const [what, one] of viewEvents()) {
    const view = toCim(one)
    if (view.tag.includes('account')) expect(namesOfTarget(one).add('unknown'), what).toContain(view['user'])
  }
  const team = { resource_type: 'team', gid: '13', name: 'Ops' }
  expect(toCim(event('user_deprovisioned', { resource: team }))['user']).toBe('unknown')
})

test('a login by an unknown actor is that of the account', () => {
  const login = event('user_login_failed', { actor: { actor_type: 'anonymous' }, resource: bart })
  expect(toCim(login)).toMatchObject({ user: 'bart@example.com', user_id: '8', user_name: 'Bart' })
  expect(toCim(login)).not.toHaveProperty('user_type')
  const byGid = toCim({ ...login, resource: { resource_type: 'user', gid: '8' } })
  expect(byGid).toMatchObject({ user: '8', user_id: '8', user_name: 'unknown' })
  expect(toCim({ ...login, resource: null })).toMatchObject({ user: 'anonymous', user_type: 'anonymous' })
})

test('an invalid address is the source, unchanged', () => {
  const odd = toCim(event('user_login_failed', { context: { client_ip_address: '10.0.0.1:443' } }))
  expect(odd['src']).toBe('10.0.0.1:443')
  expect(odd).not.toHaveProperty('src_ip')
  expect(toCim(event('user_login_failed', { context: null }))['src']).toBe('unknown')
})
