import type { AuditLogEvent } from '@asana-audit/schema'
import { fault } from '../fault.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import type { AuditLogQuery } from './audit-log-request.ts'

/** Which events. All filters must match; of a list, one value is enough. A filter left out does not restrict. */
export interface AuditLogFilters {
  /** Asana takes one type only. With several, one request asks for all types, and the source drops the other events itself. */
  readonly eventType?: string | readonly string[] | undefined
  readonly actorType?: string | readonly string[] | undefined
  readonly actorGid?: string | undefined
  /** Asana cannot filter by e-mail, so the source drops the others itself. Upper and lower case do not matter. */
  readonly actorEmail?: string | undefined
  readonly resourceGid?: string | undefined
}

const names: OptionNames<AuditLogFilters> = {
  ...{ eventType: true, actorType: true, actorGid: true, actorEmail: true, resourceGid: true },
}

/** Throws a fatal `unknown_option`: a filter with a mistyped name would let everything through. */
export function checkFilters(filters: AuditLogFilters | undefined): void {
  refuseUnknownOptions('filters', names, filters)
}

/** The filters that are sent to Asana. */
export function askedOf(
  filters: AuditLogFilters = {},
): Pick<AuditLogQuery, 'eventType' | 'actorType' | 'actorGid' | 'resourceGid'> {
  const { eventType, actorType, actorGid, resourceGid } = filters
  return { eventType: onlyOne(eventType), actorType: onlyOne(actorType), actorGid, resourceGid }
}

/** Applies the filters that are not sent to Asana. Throws a fatal `empty_filter` for an empty list. */
export function filterMatcher(filters: AuditLogFilters = {}): (event: AuditLogEvent) => boolean {
  const email = filters.actorEmail?.toLowerCase()
  const eventTypes = several('eventType', filters.eventType)
  const actorTypes = several('actorType', filters.actorType)
  return ({ event_type: type, actor }) => {
    if (eventTypes && !eventTypes.has(type)) return false
    if (actorTypes && !actorTypes.has(actor.actor_type ?? '')) return false
    // Data may contradict the documentation, so an address may not be a string.
    return email === undefined || actor.email?.toLowerCase?.() === email
  }
}

/** Equal for filters with the same meaning, in any order. A list of one value equals that value, as older versions stored it. */
export function comparable(filters: AuditLogFilters = {}): readonly unknown[] {
  const { eventType, actorType, actorGid, actorEmail, resourceGid } = filters
  return [inOrder(eventType), inOrder(actorType), actorGid, actorEmail?.toLowerCase(), resourceGid]
}

function inOrder(value: string | readonly string[] | undefined): string | readonly string[] | undefined {
  if (value === undefined || typeof value === 'string') return value
  const values = [...new Set(value)].sort()
  return values.length === 1 ? values[0] : values
}

function onlyOne(value: string | readonly string[] | undefined): string | undefined {
  const one = inOrder(value)
  return typeof one === 'string' ? one : undefined
}

function several(
  name: 'eventType' | 'actorType',
  value: string | readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  const values = inOrder(value)
  if (values === undefined || typeof values === 'string') return undefined
  if (values.length > 0) return new Set(values)
  const message = `The filter ${name} is an empty list, which no event can match. Leave it out, or name a value.`
  throw fault({ fault: 'fatal', code: 'empty_filter', message })
}
