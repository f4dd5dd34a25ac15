import { type EventField, sectionFields, topFields } from '../../event/event-fields.ts'
import {
  ATTR_ASANA_AUDIT_DETAILS,
  ATTR_ASANA_AUDIT_RELEVANCE,
  ATTR_ASANA_AUDIT_REPAIR,
  ATTR_ASANA_AUDIT_REPLAY,
  ATTR_ASANA_AUDIT_UNMAPPED,
} from '../../semconv.ts'
import { provenanceFields } from './context-fields.ts'
import { type FieldKinds, fieldsBelow } from './field-kind.ts'

const user = ['id', 'name', 'full_name', 'email']

/** Every field that `toEcs` writes, with the type that ECS gives it. */
export const ecsFields: FieldKinds = {
  '@timestamp': 'date',
  message: 'text',
  ...fieldsBelow('ecs', ['version']),
  ...fieldsBelow('event', ['kind', 'category', 'type', 'outcome', 'id', 'action', 'provider']),
  ...fieldsBelow('event', ['module', 'dataset']),
  'event.severity': 'long',
  'event.created': 'date',
  ...fieldsBelow('user', user),
  ...fieldsBelow('user.target', user),
  ...fieldsBelow('user.changes', ['roles']),
  ...fieldsBelow('group', ['id', 'name']),
  ...fieldsBelow('source', ['address']),
  'source.ip': 'ip',
  ...fieldsBelow('source.geo', [
    'continent_code',
    'country_iso_code',
    'region_iso_code',
    'city_name',
    'postal_code',
  ]),
  'source.geo.location': 'place',
  'source.as.number': 'long',
  ...fieldsBelow('source.as.organization', ['name']),
  ...fieldsBelow('user_agent', ['original', 'name', 'version']),
  ...fieldsBelow('user_agent.os', ['name', 'version']),
  ...fieldsBelow('agent', ['type', 'version', 'ephemeral_id']),
  ...fieldsBelow('file', ['name']),
  ...fieldsBelow('organization', ['id', 'name']),
  ...fieldsBelow('related', ['user']),
  'related.ip': 'ip',
  ...asanaFields(),
}

/** Asana's own fields, under the names of their attributes. A time stays a text: it may be one that a store cannot read. */
function asanaFields(): FieldKinds {
  const fields = [topFields, ...sectionFields.values()].flatMap((section) => [...section.values()])
  return {
    ...Object.fromEntries(fields.map((field) => [field.attribute, kindOf(field)])),
    [ATTR_ASANA_AUDIT_DETAILS]: 'text',
    [ATTR_ASANA_AUDIT_UNMAPPED]: 'text',
    [ATTR_ASANA_AUDIT_RELEVANCE]: 'keyword',
    [ATTR_ASANA_AUDIT_REPAIR]: 'boolean',
    [ATTR_ASANA_AUDIT_REPLAY]: 'boolean',
    ...provenanceFields,
  }
}

function kindOf({ type }: EventField): 'keyword' | 'long' {
  return type === 'integer' ? 'long' : 'keyword'
}
