import type { AuditLogEvent } from '../../event/event.ts'
import { isRecord } from '../../event/is-record.ts'

type Section = 'actor' | 'resource' | 'context'

/** The fields of an event that have no place in the OCSF event yet. */
export interface Remainder {
  /** Takes the text of a field, to put it into its own place. Undefined if the field has no text. */
  take(section: Section, field: string): string | undefined
  /** The event without the fields that were taken and without those in `metadata`: for `unmapped`. */
  left(): Record<string, unknown>
}

/** These are in `metadata` of every OCSF event. */
const named: ReadonlySet<string> = new Set(['gid', 'created_at', 'event_type'])

export function remainder(event: AuditLogEvent): Remainder {
  const taken = new Set<string>()
  return {
    take(section, field) {
      const value = textOf(event[section], field)
      // Broken UTF-16 is made legible in its place, and stays as it came in `unmapped`.
      if (value !== undefined && value === event[section]?.[field]) taken.add(`${section}.${field}`)
      return value
    },
    left() {
      const entries = Object.entries(event).filter(([key, value]) => !named.has(key) || !isWellFormed(value))
      return Object.fromEntries(
        entries.flatMap(([key, value]) => {
          if (!isRecord(value)) return value === undefined ? [] : [[key, value]]
          const fields = Object.entries(value).filter(([field]) => !taken.has(`${key}.${field}`))
          return fields.length > 0 ? [[key, Object.fromEntries(fields)]] : []
        }),
      )
    },
  }
}

function isWellFormed(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed()
}

/** The text of a field, well-formed; undefined if it is not a text, or empty. */
export function textOf(section: unknown, field: string): string | undefined {
  const value = isRecord(section) && Object.hasOwn(section, field) ? section[field] : undefined
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined
}
