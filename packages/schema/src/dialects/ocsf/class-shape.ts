import type { AuditLogEvent } from '../../event/event.ts'
import { adminRoleChange } from '../../mapping/direction.ts'
import type { EventMapping } from '../../mapping/mapping-of.ts'
import type { OcsfClass } from '../../mapping/ocsf-classes.ts'
import { managedEntity, nameAndUid } from './managed-entity.ts'
import { actorUser, resourceUser } from './ocsf-user.ts'
import { type Remainder, textOf } from './remainder.ts'
import { sourceEndpoint } from './source-endpoint.ts'

/** A class, an activity, and the fields that only this class has. */
export interface ClassShape {
  readonly classUid: OcsfClass
  readonly activityId: number
  /** For activity 99. */
  readonly activityName?: string | undefined
  readonly attributes: { readonly [name: string]: unknown }
}

/** The input for choosing a class. Values that get a place in the class are taken out of `fields`. */
export interface Telling {
  readonly event: AuditLogEvent
  readonly mapping: EventMapping
  readonly fields: Remainder
}

/**
 * The class from the tables, if the event has the fields that class requires; otherwise the nearest class whose
 * fields it has, and last the base event, which requires nothing. A missing value is never invented.
 */
export function classShape(telling: Telling): ClassShape {
  const shape = shapes.get(telling.mapping.ocsf.classUid)?.(telling)
  return shape ?? { classUid: 0, activityId: 99, attributes: {} }
}

type Shape = (telling: Telling) => ClassShape | undefined

const shapes: ReadonlyMap<number, Shape> = new Map<number, Shape>([
  [3001, accountChange],
  [3002, authentication],
  [3004, entityManagement],
  [3005, userAccess],
  [3006, groupManagement],
  [6001, webResources],
  [6006, fileHosting],
])

function accountChange(telling: Telling): ClassShape | undefined {
  const { event, mapping, fields } = telling
  const kind = mapping.target === 'service account' ? 'service account' : 'user'
  const user = resourceUser(event, fields, kind)
  return user && asMapped(telling, { user })
}

/** The user who signs in is the resource; if a refused sign-in has none, the actor. */
function authentication(telling: Telling): ClassShape | undefined {
  const { event, fields } = telling
  const user = resourceUser(event, fields) ?? actorUser(event, fields)
  return user && asMapped(telling, { user, service: { name: 'Asana' }, ...protocol(event) })
}

function protocol({ details }: AuditLogEvent): object {
  const methods: unknown = details?.['method']
  const [method, ...more] = Array.isArray(methods) ? methods : []
  if (typeof method !== 'string' || method === '' || more.length > 0) return {}
  return { auth_protocol_id: method === 'SAML' ? 5 : 99, auth_protocol: method.toWellFormed() }
}

function entityManagement(telling: Telling): ClassShape {
  const { event, mapping, fields } = telling
  return asMapped(telling, { entity: managedEntity(event, mapping.ocsf.entity ?? 'Organization', fields) })
}

/** Without a role or an app there is nothing to have access to: then the event is a change of the user. */
function userAccess(telling: Telling): ClassShape | undefined {
  const { event, mapping, fields } = telling
  const { adminRole, activityId } = mapping.ocsf
  const role = adminRole && adminRoleChange(event.details)
  const privilege = privilegeOf(telling, role === 'lost' ? 'old_value' : 'new_value')
  const user = privilege === undefined ? undefined : resourceUser(event, fields)
  if (user) {
    const shape = asMapped(telling, { user, privileges: [privilege], ...within(event) })
    return { ...shape, activityId: role && adminRole ? adminRole[role] : activityId }
  }
  const entity = nameAndUid(fields) && managedEntity(event, 'User', fields)
  return entity && { classUid: 3004, activityId: 3, attributes: { entity } }
}

function privilegeOf({ event, mapping }: Telling, first: 'old_value' | 'new_value'): string | undefined {
  const { details } = event
  const named = [first, 'new_value', 'old_value', 'app_name'].map((field) => textOf(details, field))
  return named.find((name) => name !== undefined) ?? mapping.ocsf.privilege
}

/** The workspace, division or team that an admin role is for. */
function within({ details }: AuditLogEvent): object {
  const group: unknown = details?.['group']
  const [uid, name] = [textOf(group, 'gid'), textOf(group, 'name')]
  if (uid === undefined && name === undefined) return {}
  const type = textOf(group, 'resource_type')
  return {
    resources: [
      {
        ...(name !== undefined && { name }),
        ...(uid !== undefined && { uid }),
        ...(type !== undefined && { type }),
      },
    ],
  }
}

/** No event says who was added or removed. */
function groupManagement(telling: Telling): ClassShape | undefined {
  const group = nameAndUid(telling.fields)
  return group && asMapped(telling, { group })
}

function webResources(telling: Telling): ClassShape | undefined {
  const { event, mapping, fields } = telling
  const named = nameAndUid(fields)
  if (!named) return undefined
  if (mapping.family === 'access_control' && textOf(event.resource, 'resource_type') === 'team') {
    return { classUid: 3004, activityId: 3, attributes: { entity: managedEntity(event, 'Group', fields) } }
  }
  const type = fields.take('resource', 'resource_type')
  const resource = { ...named, ...(type !== undefined && { type }) }
  return { ...asMapped(telling, { web_resources: [resource] }), classUid: 6001 }
}

/** Needs an actor, an address and the name of a file. */
function fileHosting(telling: Telling): ClassShape | undefined {
  const { event, mapping, fields } = telling
  const isFile = textOf(event.resource, 'name') !== undefined
  if (isFile && sourceEndpoint(event, fields) && actorUser(event, fields)) {
    return asMapped(telling, { file: { ...nameAndUid(fields), type_id: 1, type: 'Regular File' } })
  }
  const shape = webResources(telling)
  return shape && { ...shape, ...mapping.ocsf.asWebResource }
}

function asMapped({ mapping }: Telling, attributes: ClassShape['attributes']): ClassShape {
  const { classUid, activityId, activityName } = mapping.ocsf
  return { classUid, activityId, activityName, attributes }
}
