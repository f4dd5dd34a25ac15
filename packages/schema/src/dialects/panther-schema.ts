import { contextKey } from '../context/with-context.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { indicatorPaths } from '../log-record/indicators.ts'

/**
 * One field of a schema in Panther's dialect,
 * https://docs.panther.com/data-onboarding/custom-log-types/reference.
 */
export interface PantherField {
  name: string
  type: 'string' | 'object' | 'json' | 'timestamp'
  required?: true
  description: string
  fields?: PantherField[]
  indicators?: string[]
  timeFormat?: 'rfc3339'
  isEventTime?: true
}

export interface PantherSchema {
  schema: string
  version: 0
  description: string
  referenceURL: string
  fields: PantherField[]
}

export interface PantherSchemaOptions {
  /**
   * Your own name, `Custom.` and a word, for events from a bucket or over HTTP. `Asana.Audit` is reserved for
   * Panther's own puller.
   * @default `Asana.Audit`
   */
  name?: `Custom.${string}`
}

const optionNames: OptionNames<PantherSchemaOptions> = { name: true }

/**
 * The `Asana.Audit` schema as data: its required fields, its indicators and its event time. Under your own name it
 * also has the two documented fields that `Asana.Audit` lacks, and the context that a pipeline may add; otherwise Panther
 * would leave them out.
 */
export function pantherSchema(options: PantherSchemaOptions = {}): PantherSchema {
  checkOptionNames('pantherSchema', optionNames, options)
  const { name } = options
  return {
    schema: name ?? 'Asana.Audit',
    version: 0,
    description: 'One event of the audit log of an Asana workspace.',
    referenceURL: 'https://developers.asana.com/docs/audit-log-events',
    fields: [
      { name: 'gid', type: 'string', required: true, description: 'Identifies the event.' },
      {
        name: 'actor',
        type: 'object',
        required: true,
        description: 'Who acted.',
        fields: [
          text('actor', 'actor_type', 'Kind of actor: a user, Asana itself, its support and so on.'),
          text('actor', 'email', 'E-mail address of the user.'),
          text('actor', 'gid', 'Identifies the user.'),
          text('actor', 'name', 'Display name of the user.'),
        ],
      },
      {
        name: 'context',
        type: 'object',
        description: 'From where the actor acted.',
        fields: [
          text('context', 'api_authentication_method', 'How a request to the API was authenticated.'),
          text('context', 'client_ip_address', 'Address the request came from.'),
          text('context', 'context_type', 'Kind of client: web, mobile, API and so on.'),
          ...(name ? [onBehalfOf] : []),
          text('context', 'oauth_app_name', 'Name of the app that acted for the user.'),
          ...(name ? [text('context', 'rule_name', 'The automation rule that acted.')] : []),
          text('context', 'user_agent', 'User agent of the client.'),
        ],
      },
      {
        name: 'created_at',
        type: 'timestamp',
        required: true,
        description: 'When it happened.',
        timeFormat: 'rfc3339',
        isEventTime: true,
      },
      {
        name: 'details',
        type: 'json',
        description: 'What the event type has to say, such as values before and after.',
      },
      { name: 'event_category', type: 'string', description: 'Group of event types.' },
      { name: 'event_type', type: 'string', required: true, description: 'What happened.' },
      {
        name: 'resource',
        type: 'object',
        description: 'What was acted upon.',
        fields: [
          text('resource', 'email', 'E-mail address, where the resource is a user.'),
          text('resource', 'gid', 'Identifies the resource.'),
          text('resource', 'name', 'Name of the resource.'),
          text('resource', 'resource_subtype', 'Finer kind of resource.'),
          text('resource', 'resource_type', 'Kind of resource.'),
        ],
      },
      ...(name ? [contextField] : []),
    ],
  }
}

const contextField: PantherField = {
  name: contextKey,
  type: 'json',
  description:
    'What a pipeline has added: the client in words, its place and its network, and how the event came.',
}

/**
 * Documented as an integer. Panther refuses the whole event for a value of another type, so every type is allowed.
 */
const onBehalfOf: PantherField = {
  name: 'on_behalf_of_user_id',
  type: 'json',
  description: "The user who asked Asana's support for the change.",
}

/** A text field, tagged with the indicators that the rest of this package extracts from it. */
function text(section: string, name: string, description: string): PantherField {
  const indicators = Object.entries(indicatorPaths)
    .filter(([, paths]) => paths.some((path) => path[0] === section && path[1] === name))
    .map(([kind]) => kind)
  return { name, type: 'string', description, ...(indicators.length > 0 && { indicators }) }
}
