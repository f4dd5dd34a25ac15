import { minute, second } from '../duration.ts'
import { actorOf, atWork, type Step, type Story, userResource } from './story.ts'

/** Event types with the old and new value; undefined for types without values. */
const lowered: readonly [type: string, before?: string, after?: string][] = [
  ['workspace_require_two_factor_auth_disabled'],
  ['workspace_saml_settings_changed', 'required', 'optional'],
  ['workspace_saml_url_changed'],
  ['workspace_password_requirements_changed', 'strong', 'simple'],
  ['workspace_default_session_duration_changed', '14 days', 'never'],
  ['workspace_allowed_ip_range_added'],
  ['workspace_ip_allowlist_disabled'],
  ['workspace_personal_access_token_enabled'],
  ['workspace_personal_access_token_expiry_changed'],
  ['workspace_require_app_approvals_of_type_changed', 'all_apps', 'off'],
  ['role_permission_changed'],
  ['workspace_security_contact_email_changed'],
]

/** An administrator switches off the defences. */
export const rogueAdministrator: Story = {
  about: 'An administrator promotes a friend and themselves, then weakens one defence after the other.',
  lasts: 90 * minute,
  *tell({ admins, people, workspace }, random) {
    const rogue = random.pick(admins.filter(({ role }) => role === 'admin'))
    const friend = random.pick(people.filter(({ role }) => role === 'member'))
    const by = { actor: actorOf(rogue), context: atWork(rogue) }
    const group = { ...workspace, resource_type: 'workspace' }
    const role = (old_value: string, new_value: string) => ({ old_value, new_value, group })
    const step = (type: string): Step => ({ after: random.between(40, 240) * second, type, ...by })
    const change = 'user_workspace_admin_role_changed'
    yield { ...step(change), resource: userResource(friend), details: role('member', 'super_admin') }
    yield { ...step(change), resource: userResource(rogue), details: role('domain_admin', 'super_admin') }
    for (const [type, old_value, new_value] of lowered) {
      yield { ...step(type), details: new_value === undefined ? {} : { old_value, new_value } }
    }
    yield step('workspace_audit_log_export_started')
  },
}
