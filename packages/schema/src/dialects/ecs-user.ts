import { definedOf } from './defined-of.ts'
import { type EventParts, said } from './event-parts.ts'

export interface EcsUser {
  id?: string
  /** The e-mail address, which people log in with; without one the display name. */
  name?: string
  full_name?: string
  email?: string
}

export interface EcsGroup {
  id?: string
  name?: string
}

/** An actor or a resource as the fields of a user. */
export function ecsUser({ gid, name, email }: { readonly [field: string]: unknown }): EcsUser {
  return definedOf({
    id: said(gid),
    name: said(email, name),
    full_name: said(name),
    email: said(email),
  })
}

/** The team an event is about, or the one a role is in. */
export function ecsGroup({ resource, details }: EventParts): EcsGroup {
  const { group } = details
  const candidates = [resource, typeof group === 'object' && group !== null ? group : {}]
  const team = candidates.find((one) => 'resource_type' in one && one['resource_type'] === 'team')
  const { gid, name } = { gid: undefined, name: undefined, ...team }
  return definedOf({ id: said(gid), name: said(name) })
}
