import type { AsimSchema } from '../../mapping/asim-events.ts'
import type { EventMapping } from '../../mapping/mapping-of.ts'
import { type EventParts, targetUser } from '../event-parts.ts'

/** The versions of the schemas that events are written in. */
export const asimVersions: { readonly [Schema in AsimSchema]: string } = {
  AuditEvent: '0.1.2',
  Authentication: '0.1.4',
  UserManagement: '0.1.2',
}

export interface AsimKind {
  readonly schema: AsimSchema
  readonly type: string
}

/**
 * The schema and event type of an event. User management is about an account or a group: an event about something
 * else, or about an account that it does not name, is an audit event of the same kind.
 */
export function asimKind({ asim }: EventMapping, parts: EventParts): AsimKind {
  if (asim.schema !== 'UserManagement' || hasSubject(asim.type, parts)) return asim
  return { schema: 'AuditEvent', type: auditType(asim.type) }
}

function hasSubject(type: string, parts: EventParts): boolean {
  const isOfGroup = type.startsWith('Group') || type.endsWith('Group')
  return isOfGroup ? parts.resource['resource_type'] === 'team' : targetUser(parts) !== undefined
}

function auditType(type: string): string {
  if (type.endsWith('Created')) return 'Create'
  return type.endsWith('Deleted') ? 'Delete' : 'Set'
}
