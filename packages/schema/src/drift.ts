import type { AuditLogEvent } from './event.ts'
import { type EventField, sectionFields, topFields } from './event-fields.ts'
import { type DetailType, eventType, isEventCategory } from './event-types.ts'
import { isRecord } from './is-record.ts'

/** Something in an event that this version does not know. */
export interface Drift {
  /**
   * `event_type`, `category`: not in the catalogue. `field`: without documentation. `enum_value`: outside the
   * documented set. `shape`: a documented field with another JSON type.
   */
  readonly kind: 'event_type' | 'category' | 'field' | 'enum_value' | 'shape'
  /** Dotted: `context.client_port`. */
  readonly path: string
  /**
   * The unknown value; for a `shape` the JSON type that came; for a field of `details` the event type it came
   * with.
   */
  readonly value?: string
}

/** So that an event of thousands of new fields costs no more than others. */
const most = 20

/** Names and values come from outside and end up in logs. */
const longest = 100

/** Declared for the details of every event type. */
const commonDetails: { readonly [field: string]: DetailType } = {
  old_value: 'string | null',
  new_value: 'string | null',
  group: {},
}

/**
 * What is new in an event, at most 20 items; none of it keeps an event from being delivered. Cheap, as it is
 * meant for every event: whoever reports drift remembers what has been reported.
 */
export function drift(event: AuditLogEvent): readonly Drift[] {
  const found: Drift[] = []

  function note(kind: Drift['kind'], path: string, value?: string): void {
    if (found.length === most) return
    found.push({ kind, path: cut(path), ...(value !== undefined && { value: cut(value) }) })
  }

  function checkField(value: unknown, field: EventField | undefined, path: string): void {
    const type = jsonType(value)
    if (!field) note('field', path)
    else if (type !== field.type && type !== 'null') note('shape', path, type)
    else note('enum_value', path, String(value))
  }

  function checkDetails(details: Record<string, unknown>): void {
    const own = eventType(event.event_type)?.details ?? {}
    for (const name of Object.keys(details)) {
      const known = Object.hasOwn(own, name) ? own : commonDetails
      const documented = Object.hasOwn(known, name) ? known[name] : undefined
      const type = jsonType(details[name])
      if (documented === undefined) note('field', `details.${name}`, event.event_type)
      else if (type !== detailJsonType(documented) && type !== 'null') note('shape', `details.${name}`, type)
    }
  }

  if (!eventType(event.event_type)) note('event_type', 'event_type', event.event_type)
  const category = event.event_category
  if (typeof category === 'string' && !isEventCategory(category)) note('category', 'event_category', category)
  for (const name of Object.keys(event)) {
    const value = event[name]
    const fields = sectionFields.get(name)
    if (value === undefined) continue
    if (!fields && name !== 'details') {
      const field = topFields.get(name)
      if (!isFamiliar(value, field)) checkField(value, field, name)
    } else if (isRecord(value) && !fields) checkDetails(value)
    else if (isRecord(value)) {
      for (const member of Object.keys(value)) {
        const field = fields?.get(member)
        if (!isFamiliar(value[member], field)) checkField(value[member], field, `${name}.${member}`)
      }
    } else if (value !== null) note('shape', name, jsonType(value))
  }
  return found
}

/** Nearly every field of every event is, so this comes before the path is put together. */
function isFamiliar(value: unknown, field: EventField | undefined): boolean {
  if (field === undefined) return false
  if (value === null) return true
  if (field.type === 'integer') return Number.isInteger(value)
  return typeof value === 'string' && (field.values === undefined || field.values.includes(value))
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** JSON's own type names, with JSON Schema's `integer`. */
function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function detailJsonType(type: DetailType): string {
  if (typeof type !== 'string') return 'object'
  return type === 'string[]' ? 'array' : 'string'
}
