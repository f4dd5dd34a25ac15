import type { AuditLogEvent } from '../../event/event.ts'
import { isRecord } from '../../event/is-record.ts'

type Section = 'actor' | 'resource' | 'context'

/** What of an event has not found a place of its own yet. */
export interface Remainder {
  /** The text of a field, for a place of its own. Undefined if it has none. */
  take(section: Section, field: string): string | undefined
  /** The event without the fields that were taken, nor those every view names: for `unmapped`. */
  left(): Record<string, unknown>
}

/** In `metadata` of every view. */
const named: ReadonlySet<string> = new Set(['gid', 'created_at', 'event_type'])

export function remainder(event: AuditLogEvent): Remainder {
  const taken = new Set<string>()
  return {
    take(section, field) {
      const value = textOf(event[section], field)
      // What is no well-formed UTF-16 stands there legibly, and as it came in `unmapped`.
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

/** The text of a field, well-formed; undefined if it is none, or empty. */
export function textOf(section: unknown, field: string): string | undefined {
  const value = isRecord(section) && Object.hasOwn(section, field) ? section[field] : undefined
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined
}
