import type { Organisation } from '../organisation/organisation.ts'
import type { Random } from '../organisation/random.ts'

/** Values seen in public samples, in an order in which the setting can change. */
const settings: Readonly<Record<string, readonly (string | null)[]>> = {
  user_workspace_admin_role_changed: ['member', 'domain_admin', 'super_admin'],
  user_division_admin_role_changed: ['member', 'domain_admin', 'super_admin'],
  workspace_password_requirements_changed: ['simple', 'strong'],
  workspace_saml_settings_changed: ['optional', 'required'],
  workspace_default_session_duration_changed: ['14 days', 'never'],
  workspace_guest_invite_permissions_changed: ['admins_only', 'anyone'],
  workspace_require_app_approvals_of_type_changed: ['off', 'all_apps'],
  project_privacy_settings_changed: [null, 'members_only'],
}

/** Only fields that have been seen on this type. Other types have `{}`, like most samples. */
export function detailsOf(type: string, organisation: Organisation, random: Random): Record<string, unknown> {
  switch (type) {
    case 'user_login_succeeded':
    case 'user_login_failed':
      return loginDetails(random)
    case 'user_app_authorized': {
      const { gid, name, url } = random.pick(organisation.apps)
      return { app_type: 'oauth', app_gid: gid, app_name: name, app_url: url }
    }
    case 'team_privacy_settings_changed':
      return { new_value: 'public' }
    case 'workspace_associated_email_domain_added':
      return { new_value: random.pick(['example.org', 'example.net']) }
    default:
      return changeOf(type, organisation, random)
  }
}

function loginDetails(random: Random): Record<string, unknown> {
  if (random.chance(0.3)) return { method: ['ONE_TIME_KEY'] }
  if (random.chance(0.05)) return { method: ['SAML'], saml_response: samlResponse(random) }
  return random.chance(0.2) ? { method: ['SAML'], saml_response: null } : { method: ['SAML'] }
}

/** Base64 of an invented response of an identity provider, a few kilobytes: large and personal, like real ones. */
function samlResponse(random: Random): string {
  const xml = `<samlp:Response ID="_${random.hex(32)}" Version="2.0"><saml:Issuer>https://idp.example.com</saml:Issuer><ds:SignatureValue>${random.hex(1024)}</ds:SignatureValue></samlp:Response>`
  return Buffer.from(xml).toString('base64')
}

function changeOf(type: string, { workspace, teams }: Organisation, random: Random): Record<string, unknown> {
  const values = settings[type]
  if (!values) return {}
  const from = random.between(0, values.length - 1)
  const change = { old_value: values[from], new_value: values[(from + 1) % values.length] }
  if (type === 'user_workspace_admin_role_changed')
    return { ...change, group: { ...workspace, resource_type: 'workspace' } }
  if (type === 'user_division_admin_role_changed')
    return { ...change, group: { ...random.pick(teams), resource_type: 'team' } }
  return change
}
