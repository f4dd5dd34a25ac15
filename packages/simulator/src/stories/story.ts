import type { AuditLogActor, AuditLogContext, AuditLogResource } from '@asana-audit/schema'
import type { Organisation, Person } from '../organisation/organisation.ts'
import type { Random } from '../organisation/random.ts'

/** One event of a story. */
export interface Step {
  /** Milliseconds since the step before. */
  readonly after: number
  readonly type: string
  readonly actor: AuditLogActor
  readonly context: AuditLogContext
  /** The resource; if left out, the usual one for this event type. */
  readonly resource?: AuditLogResource
  readonly details?: Readonly<Record<string, unknown>>
}

export interface Story {
  /** One sentence for a list. */
  readonly about: string
  /** The longest duration in milliseconds. */
  readonly lasts: number
  readonly tell: (organisation: Organisation, random: Random) => Iterable<Step>
}

export function actorOf({ gid, name, email }: Person): AuditLogActor {
  return { actor_type: 'user', gid, name, email }
}

export function userResource({ gid, name, email }: Person): AuditLogResource {
  return { resource_type: 'user', gid, name, email }
}

/** In the person's own browser, from the office. */
export function atWork({ office, browser }: Person): AuditLogContext {
  return { context_type: 'web', client_ip_address: office, user_agent: browser }
}

/** An address and a browser that no colleague uses. */
export function elsewhere(client_ip_address: string): AuditLogContext {
  return {
    context_type: 'web',
    client_ip_address,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  }
}

/** A program with a personal access token. */
export function byScript(client_ip_address: string): AuditLogContext {
  return {
    context_type: 'api',
    api_authentication_method: 'personal_access_token',
    client_ip_address,
    user_agent: 'python-requests/2.32.5',
  }
}
