import type { AuditLogEvent } from '../event/event.ts'
import { isRecord } from '../event/is-record.ts'

/** The parts of an event, whatever came in their place. */
export interface EventParts {
  readonly actor: Part
  readonly resource: Part
  readonly context: Part
  readonly details: Part
}

interface Part {
  readonly [field: string]: unknown
}

export function eventParts({ actor, resource, context, details }: AuditLogEvent): EventParts {
  return { actor, resource: part(resource), context: part(context), details: part(details) }
}

function part(value: unknown): Part {
  return isRecord(value) ? value : {}
}

/** The first of the values that is a text with something in it, as UTF-8 can carry it. */
export function said(...values: readonly unknown[]): string | undefined {
  const found = values.find((value) => typeof value === 'string' && value !== '')
  return (found as string | undefined)?.toWellFormed()
}

/** Two values that may be the same person: by gid, or where one has none, by e-mail. */
export function isSamePerson(one: Part, other: Part): boolean {
  const byGid = said(one['gid']) !== undefined && said(other['gid']) !== undefined
  const key = byGid ? 'gid' : 'email'
  return said(one[key]) !== undefined && said(one[key]) === said(other[key])
}

/**
 * The account an event is about, where its resource is one. Nothing else in an event says so: not, for one, who was put on
 * a team.
 */
export function targetUser({ resource }: EventParts): Part | undefined {
  return resource['resource_type'] === 'user' ? resource : undefined
}

/**
 * Whose login it is: the actor's, and where that tells neither name nor address, as before a login that fails it cannot, the
 * account's that was to be logged in to.
 */
export function loginUser(parts: EventParts): Part {
  const isNamed = said(parts.actor['email'], parts.actor['name']) !== undefined
  return isNamed ? parts.actor : (targetUser(parts) ?? parts.actor)
}

/** The workspace, where the event is about it. */
export function targetWorkspace({ resource }: EventParts): Part | undefined {
  return resource['resource_type'] === 'workspace' ? resource : undefined
}
