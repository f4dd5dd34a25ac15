import type { AuditLogEvent } from '../../event/event.ts'
import type { EventMapping } from '../../mapping/mapping-of.ts'
import { type EventParts, said } from '../event-parts.ts'
import { settingName } from '../setting-name.ts'

interface Fields {
  readonly [field: string]: unknown
}

/** What an audit event is about, and what was changed in it. */
export function objectFields(
  event: AuditLogEvent,
  { resource, details }: EventParts,
  mapping: EventMapping,
): Fields {
  const [before, after] = [said(details['old_value']), said(details['new_value'])]
  const kind = said(resource['resource_type'])
  const isSetting = mapping.target === 'workspace' && mapping.ocsf.entity !== undefined
  return {
    Operation: event.event_type.toWellFormed(),
    ...(isSetting
      ? { Object: settingName(event.event_type.toWellFormed()) }
      : {
          Object: said(resource['name'], resource['email'], resource['gid'], kind) ?? 'unknown',
          ObjectId: said(resource['gid']),
        }),
    ObjectType: objectType(mapping, kind),
    OriginalObjectType: kind,
    OldValue: before,
    NewValue: after,
    Value: after,
    ValueType: (before ?? after) && 'Other',
  }
}

function objectType({ ocsf: { entity } }: EventMapping, kind: string | undefined): string {
  if (entity === 'Policy' || entity === 'Network Zone') return 'Policy Rule'
  if (entity !== undefined) return 'Configuration Atom'
  if (kind === 'user' || kind === 'team') return 'Directory Service Object'
  return kind === undefined ? 'Other' : 'Cloud Resource'
}
