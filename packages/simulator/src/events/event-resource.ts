import { type AuditLogResource, eventType } from '@asana-audit/schema'
import { gidFrom, type Organisation } from '../organisation/organisation.ts'
import type { Random } from '../organisation/random.ts'
import type { Origin } from './event-origin.ts'

const titles = [
  'Draft the announcement',
  'Review contract with the landlord',
  'Renew certificates',
  'Prüfung der Rechnungen',
  'Collect feedback on the prototype',
  'Call back: Ms. Sørensen',
  'Write minutes\nof the weekly meeting',
  'レビュー',
]
const files = [
  'minutes.pdf',
  'salaries 2026.xlsx',
  'logo.svg',
  'contract-signed.pdf',
  'Übersicht.docx',
  'screen.png',
]
const taskSubtypes = ['task', 'task', 'milestone', 'approval']
const storySubtypes = ['comment_added', 'added_to_project', 'assigned']

/** Actions of people on their own account: the resource is the person. */
const onOneself =
  /^user_(login|logged_out|app_|personal_access_token_|two_factor|forgot_password|password_changed)/

/** The object of the event. If the catalogue does not know its kind, it is the workspace. */
export function resourceOf(
  type: string,
  { person }: Origin,
  organisation: Organisation,
  random: Random,
): AuditLogResource {
  const resourceType = eventType(type)?.resourceType ?? 'workspace'
  const kind = { resource_type: resourceType }
  if (type.startsWith('service_account_')) return { ...kind, ...random.pick(organisation.serviceAccounts) }
  // Documented as the workspace, but seen as the domain.
  if (type === 'workspace_saml_settings_changed')
    return { resource_type: 'email_domain', gid: gidFrom(random), name: organisation.domain }

  switch (resourceType) {
    case 'user': {
      const { gid, name, email } = person && onOneself.test(type) ? person : random.pick(organisation.people)
      return { ...kind, gid, name, email }
    }
    case 'workspace':
      return { ...kind, ...organisation.workspace }
    case 'team':
      return { ...kind, ...random.pick(organisation.teams) }
    case 'project':
      return { ...kind, ...random.pick(organisation.projects) }
    case 'portfolio':
      return { ...kind, ...random.pick(organisation.portfolios) }
    case 'task':
      return {
        ...kind,
        resource_subtype: random.pick(taskSubtypes),
        gid: gidFrom(random),
        name: titleOf(random),
      }
    case 'story':
      return { ...kind, resource_subtype: random.pick(storySubtypes), gid: gidFrom(random), name: null }
    case 'attachment':
      return { ...kind, gid: gidFrom(random), name: random.pick(files) }
    default:
      return { ...kind, gid: gidFrom(random), name: titleOf(random) }
  }
}

/** Names have been nullable since 2023, and some are missing. */
function titleOf(random: Random): string | null {
  return random.chance(0.08) ? null : random.pick(titles)
}
