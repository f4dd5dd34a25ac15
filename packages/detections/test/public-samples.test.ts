import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import samples from '../../schema/test/fixtures/sample-events.json' with { type: 'json' }
import { createDetector, shippedRules } from '../src/index.ts'

/** The public samples of Asana, and the rules that find each. Actor and subject of the role change have one invented gid. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'service_account_created ': ['Service account created'],
  'team_privacy_settings_changed public': ['Team made public'],
  'user_workspace_admin_role_changed domain_admin': [
    'Administrator changes their own role',
    'Administrator role given',
  ],
  'workspace_associated_email_domain_added test.com': ['Email domain added to the workspace'],
  'workspace_default_session_duration_changed never': ['Sessions set to never end'],
  'workspace_export_started ': ['Export of the whole organisation started'],
  'workspace_form_link_authentication_required_disabled ': ['Forms may be opened without a login'],
  'workspace_guest_invite_permissions_changed anyone': ['Anyone may invite guests'],
  'workspace_password_requirements_changed simple': ['Password rules lowered to simple'],
  'workspace_require_app_approvals_of_type_changed off': ['Approval of apps switched off'],
  'workspace_saml_settings_changed optional': ['SAML sign-in no longer required'],
}

test('the rules find the public samples of an attack and no others', async () => {
  const rules = await shippedRules()
  const found: Record<string, string[]> = {}
  for (const event of samples as unknown as AuditLogEvent[]) {
    const hits = createDetector({ rules }).add(event)
    const what = `${event.event_type} ${event.details?.['new_value'] ?? ''}`
    if (hits.length > 0) found[what] = hits.map(({ rule }) => rule.title).sort()
  }
  expect(found).toEqual(expected)
})
