import {
  ATTR_ASANA_AUDIT_ACTOR_EMAIL,
  ATTR_ASANA_AUDIT_ACTOR_GID,
  ATTR_ASANA_AUDIT_ACTOR_NAME,
  ATTR_ASANA_AUDIT_ACTOR_TYPE,
  ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD,
  ATTR_ASANA_AUDIT_CLIENT_IP_ADDRESS,
  ATTR_ASANA_AUDIT_CONTEXT_TYPE,
  ATTR_ASANA_AUDIT_CREATED_AT,
  ATTR_ASANA_AUDIT_EVENT_CATEGORY,
  ATTR_ASANA_AUDIT_EVENT_TYPE,
  ATTR_ASANA_AUDIT_GID,
  ATTR_ASANA_AUDIT_OAUTH_APP_NAME,
  ATTR_ASANA_AUDIT_ON_BEHALF_OF_USER_ID,
  ATTR_ASANA_AUDIT_RESOURCE_EMAIL,
  ATTR_ASANA_AUDIT_RESOURCE_GID,
  ATTR_ASANA_AUDIT_RESOURCE_NAME,
  ATTR_ASANA_AUDIT_RESOURCE_SUBTYPE,
  ATTR_ASANA_AUDIT_RESOURCE_TYPE,
  ATTR_ASANA_AUDIT_RULE_NAME,
  ATTR_ASANA_AUDIT_USER_AGENT,
  ATTR_LOG_RECORD_UID,
  ATTR_USER_AGENT_ORIGINAL,
  ATTR_USER_EMAIL,
  ATTR_USER_FULL_NAME,
  ATTR_USER_ID,
} from '../semconv.ts'
import { actorTypes, apiAuthenticationMethods, contextTypes } from './event.ts'

/** A field that holds one plain value, and the attribute that carries it. */
export interface EventField {
  readonly type: 'string' | 'integer'
  readonly attribute: string
  /** A second attribute with the same value: the name people already search by. */
  readonly alias?: string
  /** The documented values, if there is a list. Asana may add to it. */
  readonly values?: readonly string[]
}

/** The parts of an event that are objects of plain fields. */
type EventSection = 'actor' | 'resource' | 'context'

function strings(attributes: {
  [field: string]: string | readonly [attribute: string, alias: string]
}): [string, EventField][] {
  return Object.entries(attributes).map(([name, says]) => {
    if (typeof says === 'string') return [name, { type: 'string', attribute: says }]
    const [attribute, alias] = says
    return [name, { type: 'string', attribute, alias }]
  })
}

function oneOf(values: readonly string[], attribute: string): EventField {
  return { type: 'string', attribute, values }
}

/**
 * The plain fields of the event itself. Maps, because field names come from outside: an object would also answer to
 * `constructor`.
 */
export const topFields: ReadonlyMap<string, EventField> = new Map(
  strings({
    gid: [ATTR_ASANA_AUDIT_GID, ATTR_LOG_RECORD_UID],
    created_at: ATTR_ASANA_AUDIT_CREATED_AT,
    event_type: ATTR_ASANA_AUDIT_EVENT_TYPE,
    event_category: ATTR_ASANA_AUDIT_EVENT_CATEGORY,
  }),
)

/** The plain fields of the sections of an event. */
export const sectionFields: ReadonlyMap<string, ReadonlyMap<string, EventField>> = new Map<
  EventSection,
  ReadonlyMap<string, EventField>
>([
  [
    'actor',
    new Map([
      ['actor_type', oneOf(actorTypes, ATTR_ASANA_AUDIT_ACTOR_TYPE)],
      ...strings({
        gid: [ATTR_ASANA_AUDIT_ACTOR_GID, ATTR_USER_ID],
        name: [ATTR_ASANA_AUDIT_ACTOR_NAME, ATTR_USER_FULL_NAME],
        email: [ATTR_ASANA_AUDIT_ACTOR_EMAIL, ATTR_USER_EMAIL],
      }),
    ]),
  ],
  [
    'resource',
    new Map(
      strings({
        resource_type: ATTR_ASANA_AUDIT_RESOURCE_TYPE,
        resource_subtype: ATTR_ASANA_AUDIT_RESOURCE_SUBTYPE,
        gid: ATTR_ASANA_AUDIT_RESOURCE_GID,
        name: ATTR_ASANA_AUDIT_RESOURCE_NAME,
        email: ATTR_ASANA_AUDIT_RESOURCE_EMAIL,
      }),
    ),
  ],
  [
    'context',
    new Map([
      ['context_type', oneOf(contextTypes, ATTR_ASANA_AUDIT_CONTEXT_TYPE)],
      [
        'api_authentication_method',
        oneOf(apiAuthenticationMethods, ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD),
      ],
      ...strings({
        client_ip_address: ATTR_ASANA_AUDIT_CLIENT_IP_ADDRESS,
        user_agent: [ATTR_ASANA_AUDIT_USER_AGENT, ATTR_USER_AGENT_ORIGINAL],
        oauth_app_name: ATTR_ASANA_AUDIT_OAUTH_APP_NAME,
        rule_name: ATTR_ASANA_AUDIT_RULE_NAME,
      }),
      ['on_behalf_of_user_id', { type: 'integer', attribute: ATTR_ASANA_AUDIT_ON_BEHALF_OF_USER_ID }],
    ]),
  ],
])
