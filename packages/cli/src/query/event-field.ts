import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, toJsonText } from '@asana-audit/schema/lossless'
import { eventPaths } from '@asana-audit/schema/mapping'
import { nearestName } from '@asana-audit/schema/options'
import { eventCategory } from '../input/events/event-category.ts'
import { actorName, resourceName } from './event-row.ts'
import { wallClock, type Zone } from './zone.ts'

/** A value of an event that can be counted by. */
export interface EventField {
  /** As the user wrote it, without a `?` at its end. */
  readonly name: string
  /** True for times, which are shown in their order. */
  readonly chronological: boolean
  /** Undefined if the event has no such value. */
  readonly read: (event: AuditLogEvent) => string | undefined
}

type Derived = (event: AuditLogEvent, zone: Zone) => string

const weekdays = ['7 Sunday', '1 Monday', '2 Tuesday', '3 Wednesday', '4 Thursday', '5 Friday', '6 Saturday']

const times: Readonly<Record<string, Derived>> = {
  month: (event, zone) => clock(event, zone).toISOString().slice(0, 7),
  day: (event, zone) => clock(event, zone).toISOString().slice(0, 10),
  hour: (event, zone) => `${clock(event, zone).toISOString().slice(0, 13).replace('T', ' ')}:00`,
  weekday: (event, zone) => weekdays[clock(event, zone).getUTCDay()] ?? '',
  hour_of_day: (event, zone) => `${clock(event, zone).toISOString().slice(11, 13)}:00`,
}

const derived: Readonly<Record<string, Derived>> = {
  ...times,
  actor: (event) => actorName(event),
  resource: (event) => resourceName(event),
  event_category: (event) => eventCategory(event),
}

/** What can be counted by in addition to the paths of fields. */
export const derivedFields: readonly string[] = Object.keys(derived)

/**
 * What is wrong with the name of a field. One that is like a known field is a typing mistake; any other may be newer than this version, and a
 * `?` at the end says that it is meant.
 */
export function fieldProblem(name: string): string | undefined {
  const meant = name.endsWith('?') ? undefined : nearestName(name, [...derivedFields, ...eventPaths])
  if (meant === undefined) return undefined
  return `No event has a field ${name}. Did you mean ${meant}? Write "${name}?" if the field is newer than this version.`
}

/** A dotted path into the event (`context.client_ip_address`, `details.method`), or one of `derivedFields`. An empty value counts as missing. */
export function eventField(written: string, zone: Zone): EventField {
  const name = written.replace(/\?$/, '')
  const derive = Object.hasOwn(derived, name) ? derived[name] : undefined
  const path = name.split('.')
  return {
    name,
    chronological: Object.hasOwn(times, name),
    read: (event) => (derive ? derive(event, zone) : asText(valueAt(event, path))) || undefined,
  }
}

function clock({ created_at }: AuditLogEvent, zone: Zone): Date {
  return wallClock(millisAt(created_at), zone)
}

/** Also looks into lists of maps, so that `details.groups.name` finds all names. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(value))
    return value.map((item) => valueAt(item, path)).filter((item) => item !== undefined)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return valueAt((value as Record<string, unknown>)[key], rest)
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(asText).join(', ')
  return typeof value === 'object' ? toJsonText(value) : String(value)
}
