import { type AttributeMap, attributeMap } from './attribute-map.ts'
import type { AuditLogEvent } from './event.ts'
import { type EventField, sectionFields, topFields } from './event-fields.ts'
import { fromJsonText } from './from-json-text.ts'
import { isRecord } from './is-record.ts'
import { putAttribute } from './put-attribute.ts'
import { ATTR_ASANA_AUDIT_DETAILS, ATTR_ASANA_AUDIT_UNMAPPED } from './semconv.ts'
import { toJsonText } from './to-json-text.ts'

// An event as `asana.audit.*` attributes, and back. A documented field of its documented type has an
// attribute of its own. What is left over (new fields, null, other types, text that is no well-formed UTF-16)
// keeps its place in a residual event, which travels as JSON text in one more attribute and wins over the
// others on the way back.

/** The attributes that carry an event whole: at most 22. */
export function eventAttributes(event: AuditLogEvent, details: 'json' | 'structured'): AttributeMap {
  const attributes: AttributeMap = {}
  const residual: [string, unknown][] = []
  for (const key of Object.keys(event)) {
    const value = event[key]
    const fields = sectionFields.get(key)
    if (value === undefined) continue
    if (fields && isRecord(value)) {
      const left = addFields(attributes, value, fields)
      // An object none of whose fields has an attribute would be forgotten, so it stays in the residual,
      // empty or not.
      if (left) residual.push([key, left])
    } else if (key === 'details' && isRecord(value)) {
      if (!addDetails(attributes, value, details)) residual.push([key, value])
    } else if (!addField(attributes, value, topFields.get(key))) {
      residual.push([key, value])
    }
  }
  // Entries and not assignment, so that `__proto__` is a field like any other.
  if (residual.length > 0) {
    putAttribute(attributes, ATTR_ASANA_AUDIT_UNMAPPED, toJsonText(Object.fromEntries(residual)))
  }
  return attributes
}

/** Returns what found no place; undefined if nothing has to be remembered. */
function addFields(
  attributes: AttributeMap,
  section: Record<string, unknown>,
  fields: ReadonlyMap<string, EventField>,
): object | undefined {
  const left: [string, unknown][] = []
  let carried = 0
  for (const key of Object.keys(section)) {
    const value = section[key]
    if (value === undefined) continue
    if (addField(attributes, value, fields.get(key))) carried += 1
    else left.push([key, value])
  }
  return left.length > 0 || carried === 0 ? Object.fromEntries(left) : undefined
}

/** Returns whether the attribute says all the value says. */
function addField(attributes: AttributeMap, value: unknown, field: EventField | undefined): boolean {
  if (field?.type === 'string' && typeof value === 'string') {
    // Protobuf carries UTF-8 only. The attribute then holds a legible copy, the residual the truth.
    const legible = value.toWellFormed()
    putAttribute(attributes, field.attribute, legible)
    return legible === value
  }
  if (field?.type === 'integer' && Number.isSafeInteger(value) && !Object.is(value, -0)) {
    putAttribute(attributes, field.attribute, value as number)
    return true
  }
  return false
}

function addDetails(attributes: AttributeMap, details: Record<string, unknown>, form: 'json' | 'structured') {
  if (form === 'json') {
    putAttribute(attributes, ATTR_ASANA_AUDIT_DETAILS, toJsonText(details))
    return true
  }
  const { map, exact } = attributeMap(details)
  putAttribute(attributes, ATTR_ASANA_AUDIT_DETAILS, map)
  return exact
}

/**
 * The event back from its attributes, as an SDK or a decoder hands them over. Throws a SyntaxError if one of
 * the two JSON texts is none; whether the result is an event is for the caller to check.
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
