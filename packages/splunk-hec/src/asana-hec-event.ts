import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldPolicy,
  parseMillis,
  type RelevancePolicy,
  severityNumber,
} from '@asana-audit/schema'
import type { HecEvent, HecScalar } from './hec-event.ts'

export interface AsanaHecEventOptions {
  /** What to keep, hash or drop, applied before anything is derived. `defaultFieldPolicy` by default. */
  readonly fieldPolicy?: FieldPolicy | undefined
  /** Your own judgement of how much an event matters, made by `relevancePolicy`. */
  readonly relevance?: RelevancePolicy | undefined
}

/**
 * The event as Asana sent it, after the field policy, with a few fields indexed for quick counts. These begin with `asana_`,
 * because a search that reads the event's own JSON would else see the same name twice. Throws a TypeError where `created_at`
 * is no time: receipt would become the time of the event.
 */
export function asanaHecEvent(event: AuditLogEvent, options: AsanaHecEventOptions = {}): HecEvent {
  const { fieldPolicy = defaultFieldPolicy } = options
  const kept = applyFieldPolicy(event, fieldPolicy)
  const timeMs = parseMillis(kept.created_at)
  if (timeMs === undefined) throw new TypeError('created_at is not an RFC 3339 time')
  return { timeMs, event: kept, fields: indexed(kept, options.relevance) }
}

function indexed(event: AuditLogEvent, relevance: RelevancePolicy | undefined): Record<string, HecScalar> {
  const fields: Record<string, HecScalar> = {}
  function add(name: string, value: unknown): void {
    // Asana may say anything in an event, these very names included.
    if (typeof value !== 'string' || value === '' || Object.hasOwn(event, name)) return
    fields[name] = value.toWellFormed()
  }
  if (!Object.hasOwn(event, 'asana_severity_number'))
    fields['asana_severity_number'] = severityNumber(event, relevance)
  add('asana_gid', event.gid)
  add('asana_event_type', event.event_type)
  add('asana_event_category', event.event_category)
  add('asana_actor_type', event.actor.actor_type)
  return fields
}
