import type { AuditLogEvent } from '../event/event.ts'
import { type EventField, sectionFields, topFields } from '../event/event-fields.ts'
import { fromJsonText } from '../event/from-json-text.ts'
import { isRecord } from '../event/is-record.ts'
import { toJsonText } from '../event/to-json-text.ts'
import { ATTR_ASANA_AUDIT_DETAILS, ATTR_ASANA_AUDIT_UNMAPPED, ATTR_LOG_RECORD_UID } from '../semconv.ts'
import { type AttributeMap, attributeMap } from './attribute-map.ts'
import { type PutAttribute, putAttribute } from './put-attribute.ts'

// An event as `asana.audit.*` attributes, and back. A documented field of its documented type has an attribute of its
// own. The rest (new fields, null, other types, text that is not well-formed UTF-16) keeps its place in a residual
// event, which is sent as JSON text in one more attribute and takes precedence over the others on the way back.

/** The attributes that carry a whole event, `details` as JSON text: at most 22. */
export function eventAttributes(event: AuditLogEvent): AttributeMap {
  const attributes: AttributeMap = {}
  putEvent(event, 'json', (name, value) => putAttribute(attributes, name, value))
  return attributes
}

/** Passes these attributes to `put` one by one, each with its alias. */
export function putEvent(event: AuditLogEvent, form: 'json' | 'structured', put: PutAttribute): void {
  let said = putFields(event, fields.top, put)
  if (putSection(event.actor, fields.actor, put)) said += 1
  if (putSection(event.resource, fields.resource, put)) said += 1
  if (putSection(event.context, fields.context, put)) said += 1
  const detailsSaid = putDetails(event.details, form, put)
  if (detailsSaid) said += 1
  // Attributes carry nearly every event completely, so the residual is computed only if something is left.
  if (said < Object.keys(event).length) putResidual(event, detailsSaid, put)
}

type NamedField = EventField & { readonly name: string }

function named(fields: ReadonlyMap<string, EventField> | undefined): readonly NamedField[] {
  return [...(fields ?? [])].map(([name, field]) => ({ name, ...field }))
}

const fields = {
  top: named(topFields),
  actor: named(sectionFields.get('actor')),
  resource: named(sectionFields.get('resource')),
  context: named(sectionFields.get('context')),
}

/** Returns how many fields are carried completely by their attribute. */
function putFields(
  from: Readonly<Record<string, unknown>>,
  fields: readonly NamedField[],
  put: PutAttribute,
): number {
  let said = 0
  for (const { name, attribute, type, alias } of fields) {
    const value = from[name]
    if (typeof value === 'string' && type === 'string') {
      if (value.isWellFormed()) {
        said += 1
        put(attribute, value, alias)
      } else {
        // Protobuf carries only UTF-8. The attribute then holds a legible copy, and the residual the original. Stores
        // drop repeats by the uid, so a gid that had to be changed gets no uid: two different gids might become one.
        put(attribute, value.toWellFormed(), alias === ATTR_LOG_RECORD_UID ? undefined : alias)
      }
    } else if (type === 'integer' && isSaid(value, type)) {
      said += 1
      put(attribute, value as number)
    }
  }
  return said
}

/** Whether the attribute of a field carries the value completely. */
function isSaid(value: unknown, type: EventField['type'] | undefined): boolean {
  if (type === 'string') return typeof value === 'string' && value.isWellFormed()
  return type === 'integer' && Number.isSafeInteger(value) && !Object.is(value, -0)
}

/** Returns whether its attributes carry all of it. */
function putSection(section: unknown, fields: readonly NamedField[], put: PutAttribute): boolean {
  if (!isRecord(section)) return false
  const said = putFields(section, fields, put)
  // An object without a single attribute would be lost, so it goes into the residual, even if empty.
  return said > 0 && said === Object.keys(section).length
}

function putDetails(details: unknown, form: 'json' | 'structured', put: PutAttribute): boolean {
  if (!isRecord(details)) return false
  if (form === 'json') {
    put(ATTR_ASANA_AUDIT_DETAILS, toJsonText(details))
    return true
  }
  const { map, exact } = attributeMap(details)
  put(ATTR_ASANA_AUDIT_DETAILS, map)
  return exact
}

function putResidual(event: AuditLogEvent, detailsSaid: boolean, put: PutAttribute): void {
  const residual: [string, unknown][] = []
  for (const key of Object.keys(event)) {
    const value = event[key]
    const section = sectionFields.get(key)
    if (value === undefined) continue
    if (section && isRecord(value)) {
      const left = leftOf(value, section)
      if (left) residual.push([key, left])
    } else if (key === 'details' ? !detailsSaid : !isSaid(value, topFields.get(key)?.type)) {
      residual.push([key, value])
    }
  }
  // `fromEntries` instead of assignment, so that `__proto__` is a field like any other.
  if (residual.length > 0) put(ATTR_ASANA_AUDIT_UNMAPPED, toJsonText(Object.fromEntries(residual)))
}

/** The part of a section that its attributes do not carry; undefined if they carry everything. */
function leftOf(
  section: Record<string, unknown>,
  fields: ReadonlyMap<string, EventField>,
): object | undefined {
  const given = Object.entries(section).filter(([, value]) => value !== undefined)
  const left = given.filter(([key, value]) => !isSaid(value, fields.get(key)?.type))
  return left.length > 0 || given.length === 0 ? Object.fromEntries(left) : undefined
}

/**
 * Rebuilds the event from its attributes, as an SDK or a decoder provides them. Throws a SyntaxError if one of the
 * two JSON texts is not valid JSON; the caller must check that the result is an event.
 */
export function eventFromAttributes(attributes: {
  readonly [key: string]: unknown
}): Record<string, unknown> {
  const event = new Map(fieldsFrom(attributes, topFields))
  const sections = new Map(
    [...sectionFields].map(([section, fields]) => [section, new Map(fieldsFrom(attributes, fields))]),
  )
  const details = attributes[ATTR_ASANA_AUDIT_DETAILS]
  if (typeof details === 'string') event.set('details', fromJsonText(details))
  else if (isRecord(details)) event.set('details', details)
  const unmapped = attributes[ATTR_ASANA_AUDIT_UNMAPPED]
  const residual: unknown = typeof unmapped === 'string' ? fromJsonText(unmapped) : {}
  for (const [key, value] of Object.entries(isRecord(residual) ? residual : {})) {
    const section = sections.get(key)
    if (section === undefined || !isRecord(value)) {
      event.set(key, value)
      continue
    }
    for (const [name, member] of Object.entries(value)) section.set(name, member)
    event.set(key, section)
  }
  for (const [key, section] of sections) {
    if (section.size > 0 || event.get(key) === section) event.set(key, Object.fromEntries(section))
  }
  return Object.fromEntries(event)
}

function fieldsFrom(
  attributes: { readonly [key: string]: unknown },
  fields: ReadonlyMap<string, EventField>,
): [string, unknown][] {
  return [...fields].flatMap(([name, { type, attribute }]): [string, unknown][] => {
    const value = attributes[attribute]
    if (value === undefined || value === null) return []
    // OTLP/JSON writes 64-bit integers as strings, some decoders give bigints.
    return [[name, type === 'integer' ? Number(value) : value]]
  })
}
