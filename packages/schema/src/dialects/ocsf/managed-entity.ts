import type { AuditLogEvent } from '../../event/event.ts'
import type { OcsfRow } from '../../mapping/ocsf-classes.ts'
import { settingName } from '../setting-name.ts'
import { type Remainder, textOf } from './remainder.ts'

export interface ManagedEntity {
  name?: string
  uid?: string
  type_id: number
  type: string
  org?: { name?: string; uid?: string }
}

type EntityKind = NonNullable<OcsfRow['entity']> | 'User'

const typeIds: { readonly [Kind in EntityKind]: number } = {
  User: 2,
  Group: 3,
  Organization: 4,
  Policy: 5,
  'Network Zone': 7,
}

const kinds: ReadonlyMap<string, EntityKind> = new Map([
  ['user', 'User'],
  ['team', 'Group'],
  ['workspace', 'Organization'],
  ['organization', 'Organization'],
  ['division', 'Organization'],
  ['email_domain', 'Organization'],
])

/**
 * The entity that was changed: the resource, or, if the resource is the organisation, one of its settings. The name
 * of the setting is in the event type.
 */
export function managedEntity(event: AuditLogEvent, expected: EntityKind, fields: Remainder): ManagedEntity {
  const named = nameAndUid(fields)
  const setting = settingName(event.event_type.toWellFormed())
  if (!named) return { name: setting, type_id: typeIds.Policy, type: 'Policy' }
  const resourceType = textOf(event.resource, 'resource_type')
  const kind = resourceType === undefined ? undefined : kinds.get(resourceType)
  const isSetting = expected === 'Policy' || expected === 'Network Zone'
  if (isSetting && kind === 'Organization') {
    return { name: setting, type_id: typeIds[expected], type: expected, org: named }
  }
  if (isSetting || resourceType === undefined) return { ...named, type_id: typeIds[expected], type: expected }
  if (kind) return { ...named, type_id: typeIds[kind], type: kind }
  return { ...named, type_id: 99, type: fields.take('resource', 'resource_type') ?? resourceType }
}

/** The name and identifier of the resource; undefined if it has neither. */
export function nameAndUid(fields: Remainder): { name?: string; uid?: string } | undefined {
  const [name, uid] = [fields.take('resource', 'name'), fields.take('resource', 'gid')]
  if (name === undefined && uid === undefined) return undefined
  return { ...(name !== undefined && { name }), ...(uid !== undefined && { uid }) }
}
