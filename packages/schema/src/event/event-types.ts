import { eventCatalogue } from './event-catalogue.ts'

type Catalogue = typeof eventCatalogue

/** The nine categories Asana's documentation sorts event types into. Asana may add to them. */
export type EventCategory = keyof Catalogue

type NamesIn<Resources> = { [R in keyof Resources]: keyof Resources[R] }[keyof Resources]

/** The name of an event type in the catalogue. */
export type KnownEventType = { [C in EventCategory]: NamesIn<Catalogue[C]> }[EventCategory]

/** The documented or observed type of one field of `details`. */
export type DetailType = 'string' | 'string | null' | 'string[]' | { readonly [field: string]: 'string' }

export interface EventType {
  readonly name: KnownEventType
  readonly category: EventCategory
  /** What happened, in one short sentence of our own. */
  readonly description: string
  /** The `resource.resource_type` to expect; undefined if neither documentation nor samples say. */
  readonly resourceType: string | undefined
  /** The fields of `details` known for this type. Empty means that no field is known, not that there is none. */
  readonly details: { readonly [field: string]: DetailType }
}

const login = { method: 'string[]', saml_response: 'string | null' } as const
const change = { old_value: 'string | null', new_value: 'string | null' } as const
const roleChange = { ...change, group: { gid: 'string', name: 'string', resource_type: 'string' } } as const

const knownDetails: { readonly [Name in KnownEventType]?: EventType['details'] } = {
  user_login_succeeded: login,
  user_login_failed: login,
  user_workspace_admin_role_changed: roleChange,
  user_division_admin_role_changed: roleChange,
  user_app_authorized: { app_type: 'string', app_gid: 'string', app_name: 'string', app_url: 'string' },
  team_privacy_settings_changed: change,
  project_privacy_settings_changed: change,
  workspace_associated_email_domain_added: { new_value: 'string' },
  workspace_default_session_duration_changed: change,
  workspace_guest_invite_permissions_changed: change,
  workspace_password_requirements_changed: change,
  workspace_require_app_approvals_of_type_changed: change,
  workspace_saml_settings_changed: change,
}

/** Details that every event type may have. */
export const commonDetails: { readonly [field: string]: DetailType } = {
  old_value: 'string | null',
  new_value: 'string | null',
  group: {},
}

/** Every known event type by its name. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(
  Object.entries(eventCatalogue).flatMap(([category, resources]) =>
    Object.entries(resources).flatMap(
      ([resourceType, types]: [string, { readonly [name: string]: string }]) =>
        Object.entries(types).map(([name, description]): [string, EventType] => [
          name,
          {
            name: name as KnownEventType,
            category: category as EventCategory,
            description,
            resourceType: resourceType === 'unknown' ? undefined : resourceType,
            details: knownDetails[name as KnownEventType] ?? {},
          },
        ]),
    ),
  ),
)

/** The catalogue's entry for an event type; undefined for an unknown one. */
export function eventType(name: string): EventType | undefined {
  return eventTypes.get(name)
}

/** Whether the catalogue holds this event type. */
export function isKnownEventType(name: string): name is KnownEventType {
  return eventTypes.has(name)
}

/** Whether this is one of the nine documented categories. */
export function isEventCategory(name: string): name is EventCategory {
  return Object.hasOwn(eventCatalogue, name)
}
