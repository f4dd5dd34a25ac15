import { describe, expect, test } from 'vitest'
import { relevancePolicy, severityNumber, toLogRecord } from '../../src/index.ts'
import { direction } from '../../src/mapping.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }

function event(event_type: string, change: { [field: string]: unknown } = {}) {
  return {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type,
    actor: { actor_type: 'user' },
    ...change,
  }
}

function changed(event_type: string, old_value: unknown, new_value: unknown) {
  return severityNumber(event(event_type, { details: { old_value, new_value } }))
}

test.each([
  ['user_login_succeeded', 9],
  ['user_login_failed', 10],
  ['user_personal_access_token_authorized', 13],
  ['service_account_created', 14],
  ['workspace_require_two_factor_auth_disabled', 16],
  ['workspace_ip_allowlist_disabled', 16],
])('%s is %i', (type, level) => {
  expect(severityNumber(event(type))).toBe(level)
})

describe('a change that weakens the workspace is one level higher', () => {
  test.each([
    ['user_workspace_admin_role_changed', 'member', 'super_admin', 14],
    ['user_workspace_admin_role_changed', 'super_admin', 'member', 13],
    ['user_workspace_admin_role_changed', null, 'domain_admin', 14],
    ['user_workspace_admin_role_changed', 'super_admin', 'domain_admin', 13],
    ['user_division_admin_role_changed', 'member', 'division_admin', 14],
    ['user_team_admin_role_changed', 'member', 'team_admin', 10],
    ['team_privacy_settings_changed', 'private', 'public', 13],
    ['team_privacy_settings_changed', 'public', 'private', 10],
    ['project_privacy_settings_changed', null, 'members_only', 10],
    ['workspace_password_requirements_changed', 'strong', 'simple', 14],
    ['workspace_password_requirements_changed', 'simple', 'strong', 13],
    ['workspace_guest_invite_permissions_changed', 'admins_only', 'anyone', 14],
    ['workspace_require_app_approvals_of_type_changed', 'all_apps', 'off', 14],
    ['workspace_require_app_approvals_of_type_changed', 'off', 'all_apps', 13],
    ['workspace_default_session_duration_changed', '14 days', 'never', 14],
    ['workspace_default_session_duration_changed', '14 days', '1 month', 14],
    ['workspace_default_session_duration_changed', '14 days', '12 hours', 13],
    ['workspace_default_session_duration_changed', 'never', '14 days', 13],
    ['workspace_default_session_duration_changed', 'a while', 'longer', 13],
    ['workspace_saml_settings_changed', 'required', 'optional', 14],
    ['workspace_guest_app_usage_setting_changed', 'off', 'anyone', 13],
  ])('%s from %j to %j is %i', (type, before, after, level) => {
    expect(changed(type, before, after)).toBe(level)
  })
})

test.each([
  ['roles', 13],
  ['admin_settings', 13],
  ['content_export', 13],
  ['logins', 10],
  ['creation', 9],
  ['deletion', 9],
  ['something_new', 10],
  [undefined, 10],
  ['__proto__', 10],
])('an unknown type of the category %s is %i', (event_category, level) => {
  expect(severityNumber(event('something_new', { event_category }))).toBe(level)
})

test('an action of Asana’s support is one level higher, up to high', () => {
  const actor = { actor_type: 'asana_support' }
  const levels = [
    'user_logged_out',
    'user_login_failed',
    'user_team_admin_role_changed',
    'service_account_created',
  ]
  expect(levels.map((type) => severityNumber(event(type, { actor })))).toEqual([10, 13, 13, 14])
  expect(severityNumber(event('workspace_ip_allowlist_disabled', { actor }))).toBe(16)
})

test('the samples have these levels', () => {
  expect(samples.map((sample) => severityNumber(sample))).toEqual([
    14, 14, 14, 13, 9, 14, 14, 14, 14, 13, 14, 14, 14, 14, 14, 13, 10, 9, 9, 9, 9, 9, 10, 10, 9,
  ])
})

test.each([
  ['workspace_saml_settings_changed', 'required', 'optional', 'weaker'],
  ['workspace_saml_settings_changed', 'optional', 'required', 'stronger'],
  ['workspace_saml_settings_changed', 'required', 'new', undefined],
  ['workspace_idle_session_duration_changed', 'never', '1 hour', 'stronger'],
  ['workspace_idle_session_duration_changed', '60 minutes', '1 hour', undefined],
  ['workspace_idle_session_duration_changed', '1 hour', 7, undefined],
  ['user_workspace_admin_role_changed', 'member', 'super_admin', 'weaker'],
  ['user_workspace_admin_role_changed', 'super_admin', 'member', 'stronger'],
  ['user_workspace_admin_role_changed', 'super_admin', 'domain_admin', undefined],
  ['workspace_ip_allowlist_disabled', undefined, undefined, 'weaker'],
  ['workspace_allowed_ip_range_added', undefined, undefined, 'weaker'],
  ['workspace_require_two_factor_auth_enabled', undefined, undefined, 'stronger'],
  ['workspace_require_two_factor_auth_enabled', 'private', 'public', 'stronger'],
  ['workspace_allowed_ip_range_changed', '192.0.2.0/24', '0.0.0.0/0', undefined],
  ['user_login_succeeded', 'a', 'public', undefined],
  ['something_new', 'private', 'public', undefined],
])('%s from %j to %j is %s', (type, old_value, new_value, expected) => {
  expect(direction(event(type, { details: { old_value, new_value } }))).toBe(expected)
})

describe('the option relevance', () => {
  const policy = relevancePolicy({
    user_login_failed: 'high',
    R1: 'low',
    workspace_baa_signed: 'critical',
    S19: 'low',
    admin_settings: 'informational',
    something_to_come: 'medium',
  })
  test.each([
    ['user_login_failed', 'logins', 14],
    ['user_login_succeeded', 'logins', 9],
    ['workspace_baa_signed', 'admin_settings', 16],
    ['workspace_announcement_created', 'admin_settings', 10],
    ['workspace_ip_allowlist_disabled', 'admin_settings', 9],
    ['something_new', 'admin_settings', 9],
    ['something_to_come', 'admin_settings', 13],
    ['something_new', 'roles', 13],
    ['constructor', null, 10],
  ])('%s of %s is %i: the narrowest counts', (type, event_category, level) => {
    expect(severityNumber(event(type, { event_category }), policy)).toBe(level)
  })

  test('decides for any content of the event', () => {
    const gained = { details: { old_value: 'member', new_value: 'super_admin' } }
    const support = { actor: { actor_type: 'asana_support' } }
    const any = event('user_workspace_admin_role_changed', { ...gained, ...support })
    expect(severityNumber(any, policy)).toBe(10)
  })

  test('is in the record, as number and as word', () => {
    const record = toLogRecord(event('user_login_failed'), { relevance: policy })
    expect(record).toMatchObject({ severityNumber: 14, attributes: { 'asana.audit.relevance': 'high' } })
  })

  test('reports unknown names', () => {
    expect(policy.unknown).toEqual(['something_to_come'])
  })

  test('treats a name similar to a known one as a typing error, and names the known one', () => {
    const wrong = { user_login_faild: 'low', admin_setting: 'high' } as const
    expect(() => relevancePolicy(wrong)).toThrow(/"user_login_failed".*"admin_settings"/)
  })

  test('accepts every name that ends with a question mark', () => {
    const policy = relevancePolicy({ 'user_login_faild?': 'critical' })
    expect(severityNumber(event('user_login_faild'), policy)).toBe(16)
    expect(policy.unknown).toEqual([])
  })

  test('is refused with all its problems', () => {
    const wrong = { S20: 'low', 'User login': 'low', user_login_failed: 'grave', L1: 7 } as never
    expect(() => relevancePolicy(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid_relevance',
        message:
          'The relevance cannot be used: "S20" is not an event type, family or category, write one like user_login_failed or S3; ' +
          '"User login" is not an event type, family or category, write one like user_login_failed or S3; ' +
          '"user_login_failed" is "grave", write informational, low, medium, high or critical; ' +
          '"L1" is 7, write informational, low, medium, high or critical.',
        problems: ['S20', 'User login', 'user_login_failed', 'L1'].map((name) => ({
          path: [name],
          message: expect.stringContaining(`"${name}" is `),
        })),
      }),
    )
  })
})
