import type { AuditLogEvent } from '../event/event.ts'
import { isRecord } from '../event/is-record.ts'

/** The parts of an event. A part of another type counts as empty. */
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

/** The first value that is a text and not empty, made valid for UTF-8. */
export function said(...values: readonly unknown[]): string | undefined {
  const found = values.find((value) => typeof value === 'string' && value !== '')
  return (found as string | undefined)?.toWellFormed()
}

/** Whether two parts are the same person: by gid, or by e-mail if one has no gid. */
export function isSamePerson(one: Part, other: Part): boolean {
  const byGid = said(one['gid']) !== undefined && said(other['gid']) !== undefined
  const key = byGid ? 'gid' : 'email'
  return said(one[key]) !== undefined && said(one[key]) === said(other[key])
}

/**
 * The account an event is about, if its resource is an account. No other field names one: an event does not say, for
 * example, who was added to a team.
 */
export function targetUser({ resource }: EventParts): Part | undefined {
  return resource['resource_type'] === 'user' ? resource : undefined
}

/**
 * The user of a login: the actor; if the actor has neither name nor address, as in a failed login, the account that
 * the login was for.
 */
export function loginUser(parts: EventParts): Part {
  const isNamed = said(parts.actor['email'], parts.actor['name']) !== undefined
  return isNamed ? parts.actor : (targetUser(parts) ?? parts.actor)
}

/** The workspace, if the event is about it. */
export function targetWorkspace({ resource }: EventParts): Part | undefined {
  return resource['resource_type'] === 'workspace' ? resource : undefined
}
