import * as z from 'zod'
import { isInstant } from './instant.ts'

/** The documented kinds of actor. Asana may add to each of the three lists. */
export const actorTypes = ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'] as const

/** The documented places an action comes from. */
export const contextTypes = ['web', 'desktop', 'mobile', 'asana_support', 'asana', 'email', 'api'] as const

/** The documented ways a request to the API was authenticated. */
export const apiAuthenticationMethods = [
  'cookie',
  'oauth',
  'personal_access_token',
  'service_account',
] as const

/** Who acted. Only `actor_type` is certain: `asana` has no gid, a user deleted long ago has no e-mail. */
export interface AuditLogActor {
  /** One of `actorTypes`, or a new one. */
  actor_type?: string | null
  gid?: string | null
  name?: string | null
  email?: string | null
  [field: string]: unknown
}

/** What was acted upon. */
export interface AuditLogResource {
  resource_type?: string | null
  resource_subtype?: string | null
  gid?: string | null
  name?: string | null
  email?: string | null
  [field: string]: unknown
}

/** Where the actor acted from. */
export interface AuditLogContext {
  /** One of `contextTypes`, or a new one. */
  context_type?: string | null
  /** One of `apiAuthenticationMethods`, or a new one; documented only for `context_type: api`. */
  api_authentication_method?: string | null
  client_ip_address?: string | null
  user_agent?: string | null
  oauth_app_name?: string | null
  /** The automation rule that acted. */
  rule_name?: string | null
  /** The user who asked Asana's support for the change: an integer, unlike all other ids of Asana. */
  on_behalf_of_user_id?: number | null
  [field: string]: unknown
}

/**
 * One event of Asana's audit log, https://developers.asana.com/reference/getauditlogevents. `gid`, `created_at`,
 * `event_type` and `actor` are checked. The types of all other fields follow Asana's documentation; the event may
 * contradict them.
 */
export interface AuditLogEvent {
  /** Unique per event: the key for dropping repeats. */
  gid: string
  /** RFC 3339. */
  created_at: string
  /** An open set; `eventTypes` holds the known ones. */
  event_type: string
  event_category?: string | null
  actor: AuditLogActor
  resource?: AuditLogResource | null
  /** Depends on the event type. */
  details?: Record<string, unknown> | null
  context?: AuditLogContext | null
  [field: string]: unknown
}

/** What the JSON Schema says about a part of the event in addition to the check. */
export interface Documentation {
  /** The documented type of a part for which the check accepts any. */
  documented?: z.ZodType
  format?: string
  examples?: readonly string[]
}

export const documentation: WeakMap<object, Documentation> = new WeakMap()

function document<S extends z.ZodType>(schema: S, says: Documentation): S {
  documentation.set(schema, says)
  return schema
}

/**
 * A part that Asana documents as `shape`. A part of another shape passes unchanged: a person should hear of it, but
 * it is never a reason to hold back an audit event. So the check accepts anything, and only the JSON Schema shows
 * `shape`.
 */
function documentedAs(shape: z.ZodType): z.ZodType {
  return document(z.unknown().optional(), { documented: shape })
}

/** The message for a required part that is missing or has the wrong type. */
function required(what: string): { error: (issue: { input: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? 'missing' : `not ${what}`) }
}

const text = documentedAs(z.string().nullable())

function oneOf(values: readonly string[]): z.ZodType {
  return documentedAs(document(z.string().nullable(), { examples: values }))
}

const shape = z.looseObject(
  {
    gid: z.string(required('a string')).min(1, 'empty'),
    created_at: document(
      z.string(required('a string')).refine(isInstant, 'not an RFC 3339 time that exists'),
      { format: 'date-time' },
    ),
    event_type: z.string(required('a string')).min(1, 'empty'),
    event_category: text,
    actor: z.looseObject(
      { actor_type: oneOf(actorTypes), gid: text, name: text, email: text },
      required('an object'),
    ),
    resource: documentedAs(
      z
        .looseObject({ resource_type: text, resource_subtype: text, gid: text, name: text, email: text })
        .nullable(),
    ),
    details: documentedAs(z.looseObject({}).nullable()),
    context: documentedAs(
      z
        .looseObject({
          context_type: oneOf(contextTypes),
          api_authentication_method: oneOf(apiAuthenticationMethods),
          client_ip_address: text,
          user_agent: text,
          oauth_app_name: text,
          rule_name: text,
          on_behalf_of_user_id: documentedAs(z.int().nullable()),
        })
        .nullable(),
    ),
  },
  { error: 'not an object' },
)

/**
 * The zod schema of an event, strict about the four fields that the `Asana.Audit` schema calls required: `gid`,
 * `actor`, `created_at` (a time that exists) and `event_type`. To check an event prefer `parseAuditLogEvent`.
 */
export const auditLogEvent: z.ZodType<AuditLogEvent> = shape as unknown as z.ZodType<AuditLogEvent>

const check = z.compile(auditLogEvent)

/**
 * Checks that a value is an event. Returns the same object, not zod's copy (a copy has no own `__proto__`), or one
 * line with the problem of each field. Never throws.
 */
export function parseAuditLogEvent(raw: unknown): { event: AuditLogEvent } | { reason: string } {
  const result = check.safeParse(raw)
  if (result.success) return { event: raw as AuditLogEvent }
  const reasons = result.error.issues.map((issue) => [...issue.path, issue.message].join(': '))
  return { reason: reasons.join('; ') }
}
