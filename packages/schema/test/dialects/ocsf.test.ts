import { describe, expect, test } from 'vitest'
import { type OcsfEvent, toOcsf } from '../../src/dialects/ocsf.ts'
import { type AuditLogEvent, relevancePolicy } from '../../src/index.ts'
import { mappingOf } from '../../src/mapping.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { documentedEvents } from './ocsf-events.ts'

test('every documented event has the class and activity of the tables', () => {
  for (const event of documentedEvents) {
    const { ocsf } = mappingOf(event.event_type, event.event_category)
    const { class_uid, activity_id } = toOcsf(event)
    const activities = [ocsf.activityId, ocsf.adminRole?.gained, ocsf.adminRole?.lost]
    expect(class_uid).toBe(event.context?.client_ip_address || ocsf.classUid !== 6006 ? ocsf.classUid : 6001)
    expect(activities).toContain(activity_id)
  }
})

describe('the content of the event decides the class', () => {
  const ada = { resource_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' }
  const base = { ...samples[0]!, event_category: 'roles', resource: ada }
  const kindOf = ({ class_uid, activity_id, activity_name }: OcsfEvent) => [
    class_uid,
    activity_id,
    activity_name,
  ]
  const of = (change: Partial<AuditLogEvent>) => kindOf(toOcsf({ ...base, ...change }))

  test.each([
    ['member', 'super_admin', [3005, 1, 'Assign Privileges'], ['super_admin']],
    ['super_admin', 'member', [3005, 2, 'Revoke Privileges'], ['super_admin']],
    ['super_admin', 'domain_admin', [3005, 99, 'Change'], ['domain_admin']],
    [null, null, [3005, 99, 'Change'], ['workspace admin']],
  ])('a role from %s to %s is %j', (old_value, new_value, kind, privileges) => {
    const event_type = 'user_workspace_admin_role_changed'
    const whole = toOcsf({ ...base, event_type, details: { old_value, new_value } })
    expect([kindOf(whole), whole['privileges']]).toEqual([kind, privileges])
  })

  test('an unknown role change without a role is a change of the user', () => {
    const whole = toOcsf({ ...base, event_type: 'user_role_reviewed', details: {} })
    expect([kindOf(whole), whole['entity']]).toEqual([
      [3004, 3, 'Update'],
      { name: 'Ada', uid: '7', type_id: 2, type: 'User' },
    ])
  })

  test('a file with a name, an actor and an address is a file, any other a web resource', () => {
    const resource = { resource_type: 'attachment', gid: '9', name: 'plan.pdf' }
    const file = { event_type: 'attachment_undeleted', event_category: 'deletion', resource }
    expect(of(file)).toEqual([6006, 8, 'Restore'])
    expect(of({ ...file, context: {} })).toEqual([6001, 99, 'Restore'])
    expect(of({ ...file, actor: {} })).toEqual([6001, 99, 'Restore'])
    expect(of({ ...file, resource: { gid: '9' } })).toEqual([6001, 99, 'Restore'])
    expect(of({ ...file, resource: null })).toEqual([0, 99, 'attachment_undeleted'])
  })

  test('the user who signs in is the resource, or the actor if there is no resource', () => {
    const login = { event_type: 'user_login_failed', event_category: 'logins' }
    expect(toOcsf({ ...base, ...login })).toMatchObject({ user: { uid: '7' }, status: 'Failure' })
    expect(toOcsf({ ...base, ...login, resource: null })).toMatchObject({ user: { uid: '12345' } })
    const nobody = toOcsf({ ...base, ...login, resource: null, actor: { actor_type: 'anonymous' } })
    expect(nobody).toMatchObject({ class_uid: 3002, user: { name: 'anonymous', type_id: 0 } })
    expect(of({ ...login, resource: null, actor: {} })).toEqual([0, 99, 'user_login_failed'])
  })

  test.each([
    [{ actor_type: 'user' }, {}, 1],
    [{ actor_type: 'external_administrator' }, {}, 2],
    [{ actor_type: 'asana_support' }, {}, 3],
    [{ actor_type: 'user' }, { api_authentication_method: 'service_account' }, 4],
    [{ actor_type: 'robot' }, {}, 99],
  ])('the actor %j in %j is of the type %i', (actor, context, type_id) => {
    const whole = toOcsf({ ...base, actor, context, event_type: 'user_invited' })
    expect(whole['actor']).toMatchObject({ user: { name: actor.actor_type, type_id } })
  })

  test('a service account has the type of a service account', () => {
    const whole = toOcsf({ ...base, event_type: 'service_account_created' })
    expect(whole['user']).toMatchObject({ uid: '7', type_id: 4, type: 'Service' })
  })

  test('a setting has the name of its event type, and belongs to the workspace', () => {
    const resource = { resource_type: 'workspace', gid: '12', name: 'Example' }
    const org = { name: 'Example', uid: '12' }
    const entity = (event_type: string) => toOcsf({ ...base, event_type, resource })['entity']
    expect(entity('workspace_password_requirements_changed')).toEqual({
      name: 'password_requirements',
      type_id: 5,
      type: 'Policy',
      org,
    })
    expect(entity('workspace_ip_allowlist_disabled')).toMatchObject({ name: 'ip_allowlist', type_id: 7, org })
    expect(entity('workspace_saml_settings_changed')).toEqual({ ...org, type_id: 4, type: 'Organization' })
  })
})

test('the workspace is the tenant, and the relevance of the settings is the severity', () => {
  const relevance = relevancePolicy({ admin_settings: 'critical' })
  expect(toOcsf(samples[0]!, { workspace: '12', relevance })).toMatchObject({
    severity_id: 5,
    severity: 'Critical',
    metadata: { tenant_uid: '12' },
  })
})

test('observables are the values that detections match, each with its path', () => {
  const [deleted] = samples.filter(({ event_type }) => event_type === 'task_deleted')
  expect(toOcsf(deleted!, { observables: true })['observables']).toEqual([
    { name: 'src_endpoint.ip', type_id: 2, type: 'IP Address', value: '203.0.113.22' },
    { name: 'src_endpoint.owner.name', type_id: 4, type: 'User Name', value: 'Users Name' },
    { name: 'src_endpoint.owner.email_addr', type_id: 5, type: 'Email Address', value: 'user@domain.com' },
  ])
})

test('with the host profile every class has the actor at the same path', () => {
  for (const event of documentedEvents) {
    const { actor, metadata } = toOcsf(event, { hostProfile: true })
    expect(actor).toHaveProperty('user')
    expect(metadata['profiles']).toEqual(['host'])
  }
})

test('a user agent that 1.3 has no place for is in unmapped as it came, however broken', () => {
  const context = { client_ip_address: '192.0.2.7', user_agent: 'half \udfff' }
  const event = { ...samples[0]!, event_type: 'attachment_deleted', context }
  expect(toOcsf(event)['http_request']).toEqual({ user_agent: 'half \ufffd' })
  const older = toOcsf(event, { version: '1.3.0' })
  expect(older).not.toHaveProperty('http_request')
  expect(older.unmapped).toMatchObject({ context: { user_agent: 'half \udfff' } })
})

test('toOcsf never changes its event', () => {
  for (const event of documentedEvents) {
    const before = structuredClone(event)
    toOcsf(event, { observables: true, hostProfile: true })
    expect(event).toEqual(before)
  }
})
