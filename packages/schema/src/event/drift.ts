import type { AuditLogEvent } from './event.ts'
import { type EventField, sectionFields, topFields } from './event-fields.ts'
import { commonDetails, type DetailType, type EventType, eventType, isEventCategory } from './event-types.ts'
import { isRecord } from './is-record.ts'

/** Something in an event that this version does not know. */
export interface Drift {
  /**
   * `event_type`, `category`: not in the catalogue. `field`: not documented. `enum_value`: not in the documented set.
   * `shape`: a documented field with another JSON type.
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

/** A limit, so that an event with thousands of new fields costs no more than others. */
const most = 20

/** A limit, because names and values come from outside and are logged. */
const longest = 100

/**
 * Everything in an event that is unknown to this version, at most 20 items. Drift never stops an event from being
 * delivered. Fast enough to call for every event; to report an item only once, the caller must remember it.
 */
export function drift(event: AuditLogEvent): readonly Drift[] {
  return isFamiliarEvent(event) ? nothing : newIn(event)
}

const nothing: readonly Drift[] = []

/** Nearly every event is familiar, so this quick check comes first. */
function isFamiliarEvent(event: AuditLogEvent): boolean {
  const type = eventType(event.event_type)
  if (!type) return false
  const category = event.event_category
  if (typeof category === 'string' && category !== type.category && !isEventCategory(category)) return false
  // `for in` makes no list of names. An inherited name would only lead to the full check.
  for (const name in event) {
    const value = event[name]
    const fields = sectionFields.get(name)
    if (fields === undefined && name !== 'details') {
      if (!isFamiliar(value, topFields.get(name))) return false
    } else if (value !== null) {
      if (!isRecord(value)) return false
      for (const member in value) {
        const isKnown = fields
          ? isFamiliar(value[member], fields.get(member))
          : isFamiliarDetail(value[member], documentedDetail(type.details, member))
        if (!isKnown) return false
      }
    }
  }
  return true
}

function isFamiliar(value: unknown, field: EventField | undefined): boolean {
  if (field === undefined) return false
  if (value === null) return true
  if (field.type === 'integer') return Number.isInteger(value)
  return typeof value === 'string' && (field.values === undefined || field.values.includes(value))
}

function isFamiliarDetail(value: unknown, documented: DetailType | undefined): boolean {
  if (documented === undefined) return false
  return value === null || jsonType(value) === detailJsonType(documented)
}

function documentedDetail(own: EventType['details'], name: string): DetailType | undefined {
  if (Object.hasOwn(own, name)) return own[name]
  return Object.hasOwn(commonDetails, name) ? commonDetails[name] : undefined
}

function newIn(event: AuditLogEvent): readonly Drift[] {
  const found: Drift[] = []

  function note(kind: Drift['kind'], path: string, value?: string): void {
    if (found.length === most) return
    found.push({ kind, path: truncate(path), ...(value !== undefined && { value: truncate(value) }) })
  }

  function checkField(value: unknown, field: EventField | undefined, path: string): void {
    const type = jsonType(value)
    if (isFamiliar(value, field)) return
    if (!field) note('field', path)
    else if (type !== field.type) note('shape', path, type)
    else note('enum_value', path, String(value))
  }

  function checkDetails(details: Record<string, unknown>): void {
    const own = eventType(event.event_type)?.details ?? {}
    for (const name of Object.keys(details)) {
      const documented = documentedDetail(own, name)
      if (documented === undefined) note('field', `details.${name}`, event.event_type)
      else if (!isFamiliarDetail(details[name], documented))
        note('shape', `details.${name}`, jsonType(details[name]))
    }
  }

  if (!eventType(event.event_type)) note('event_type', 'event_type', event.event_type)
  const category = event.event_category
  if (typeof category === 'string' && !isEventCategory(category)) note('category', 'event_category', category)
  for (const name of Object.keys(event)) {
    const value = event[name]
    const fields = sectionFields.get(name)
    if (value === undefined) continue
    if (!fields && name !== 'details') checkField(value, topFields.get(name), name)
    else if (isRecord(value) && !fields) checkDetails(value)
    else if (isRecord(value)) {
      for (const member of Object.keys(value)) {
        checkField(value[member], fields?.get(member), `${name}.${member}`)
      }
    } else if (value !== null) note('shape', name, jsonType(value))
  }
  return found
}

function truncate(text: string): string {
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
