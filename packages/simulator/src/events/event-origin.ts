import type { AuditLogActor, AuditLogContext } from '@asana-audit/schema'
import type { Organisation, Person } from '../organisation/organisation.ts'
import type { Random } from '../organisation/random.ts'

/** Who acted, and from where. */
export interface Origin {
  actor: AuditLogActor
  context: AuditLogContext
  /** The person behind the actor, if there is one. */
  person: Person | undefined
}

/** Actions that only an admin can take: settings of the workspace, roles, people's accounts. */
const adminOnly =
  /^(workspace_|custom_role_|role_|service_account_|domain_user_|ai_studio_|division_|user_(\w+_role_changed|deprovisioned|reprovisioned|password_reset|csv_import|invited))/

const automatic = /_member_added$|_member_removed$|^task_deleted$|^attachment_uploaded$/

/** Every actor except a user has only an `actor_type`, as in the public samples. */
export function originOf(type: string, organisation: Organisation, random: Random): Origin {
  if (type === 'user_logged_out' && random.chance(0.05))
    return bare('external_administrator', { context_type: 'api' })
  if (type === 'attachment_downloaded' && random.chance(0.04))
    return bare('anonymous', anonymousContext(random))
  if (type === 'user_login_failed' && random.chance(0.15)) return bare('anonymous', anonymousContext(random))
  if (type.startsWith('domain_user_billing_') && random.chance(0.5))
    return bare('asana', { context_type: 'asana' })

  const person = random.pick(adminOnly.test(type) ? organisation.admins : organisation.people)
  if (adminOnly.test(type) && random.chance(0.03))
    return bare('asana_support', { context_type: 'asana_support', on_behalf_of_user_id: Number(person.gid) })
  if (type === 'user_deprovisioned' && random.chance(0.6)) return serviceAccountOrigin(organisation, random)
  if (automatic.test(type) && random.chance(0.06))
    return {
      actor: actorOf(person),
      context: {
        context_type: 'asana',
        rule_name: random.pick(['Move to Done', 'Add approvers', 'File by team']),
      },
      person,
    }
  if (/^(task|attachment)_(deleted|uploaded|downloaded)$|_export_started$/.test(type) && random.chance(0.08))
    return random.chance(0.4)
      ? serviceAccountOrigin(organisation, random)
      : { actor: actorOf(person), context: apiContext(person, organisation, random), person }
  if (type === 'attachment_uploaded' && random.chance(0.05))
    return { actor: actorOf(person), context: { context_type: 'email' }, person }
  // Occasionally a user has only a name, as in one public sample.
  const actor = random.chance(0.002) ? { actor_type: 'user', name: person.name } : actorOf(person)
  return { actor, context: screenContext(type, person, random), person }
}

function actorOf({ gid, name, email }: Person): AuditLogActor {
  return { actor_type: 'user', gid, name, email }
}

function bare(actor_type: string, context: AuditLogContext): Origin {
  return { actor: { actor_type }, context, person: undefined }
}

/**
 * Asana has no actor type for service accounts: the authentication method shows them. They have no e-mail address.
 */
function serviceAccountOrigin({ serviceAccounts }: Organisation, random: Random): Origin {
  return {
    actor: { actor_type: 'user', ...random.pick(serviceAccounts) },
    context: {
      context_type: 'api',
      api_authentication_method: 'service_account',
      client_ip_address: '192.0.2.10',
      user_agent: 'northwind-backup/3.2',
    },
    person: undefined,
  }
}

function apiContext(person: Person, { apps }: Organisation, random: Random): AuditLogContext {
  if (random.chance(0.5))
    return {
      context_type: 'api',
      api_authentication_method: 'oauth',
      client_ip_address: `192.0.2.${random.between(20, 40)}`,
      user_agent: 'lantern-connector/1.8 (+https://app2.example.net)',
      oauth_app_name: random.pick(apps).name,
    }
  return {
    context_type: 'api',
    api_authentication_method: 'personal_access_token',
    client_ip_address: random.chance(0.5) ? person.office : person.home,
    user_agent: random.pick(['python-requests/2.32.5', 'curl/8.17.0', 'node']),
  }
}

function screenContext(type: string, person: Person, random: Random): AuditLogContext {
  const client_ip_address = random.chance(0.65) ? person.office : person.home
  if (type === 'user_login_failed' && random.chance(0.3)) return anonymousContext(random)
  if (random.chance(0.12))
    return { context_type: 'mobile', client_ip_address: person.home, user_agent: person.phone }
  // Asana has been seen to log its desktop app as `web`.
  if (person.desktopApp && random.chance(0.4))
    return {
      context_type: random.chance(0.7) ? 'desktop' : 'web',
      client_ip_address,
      user_agent: person.desktopApp,
    }
  return { context_type: 'web', client_ip_address, user_agent: person.browser }
}

/** An unknown visitor, from an address that no colleague uses. */
function anonymousContext(random: Random): AuditLogContext {
  return {
    context_type: 'web',
    client_ip_address: `192.0.2.${random.between(100, 250)}`,
    user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  }
}
