import { contextAttributeNames } from '../../context/context-attributes.ts'
import {
  ATTR_AS_NUMBER,
  ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT,
  ATTR_GEO_LOCATION_LAT,
  ATTR_GEO_LOCATION_LON,
} from '../../semconv.ts'
import type { FieldKind, FieldKinds } from './field-kind.ts'

/** Of those attributes that are no keywords. */
const kinds: ReadonlyMap<string, FieldKind> = new Map([
  [ATTR_AS_NUMBER, 'long'],
  [ATTR_GEO_LOCATION_LAT, 'double'],
  [ATTR_GEO_LOCATION_LON, 'double'],
  [ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT, 'date'],
])

/** A context, under the names of its attributes. */
export const contextFields: FieldKinds = fieldsOf(contextAttributeNames)

/** Its provenance alone. */
export const provenanceFields: FieldKinds = fieldsOf(
  contextAttributeNames.filter((name) => name.startsWith('asana.audit.provenance.')),
)

function fieldsOf(names: readonly string[]): FieldKinds {
  return Object.fromEntries(names.map((name) => [name, kinds.get(name) ?? 'keyword']))
}
