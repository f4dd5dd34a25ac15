import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldPolicy,
  type RelevancePolicy,
  severityNumber,
} from '@asana-audit/schema'
import { type ContextOf, contextAttributes } from '@asana-audit/schema/context'
import { parseMillis } from '@asana-audit/schema/lossless'
import type { HecEvent, HecScalar } from './hec-event.ts'

export interface AsanaHecEventOptions {
  /**
   * Which fields to keep, hash or drop, made by `fieldPolicy(…)`. `keepAll` leaves every event as it came.
   *
   * It is applied before any field is derived.
   * @default `defaultFieldPolicy`
   */
  readonly fieldPolicy?: FieldPolicy | undefined
  /**
   * How much each kind of event matters, in your own judgement. Made by `relevancePolicy(…)`.
   * @default our table
   */
  readonly relevance?: RelevancePolicy | undefined
  /**
   * Marks the event as one that is sent again, from an archive, by the indexed field `asana_replay`.
   * @default false
   */
  readonly replay?: boolean | undefined
  /**
   * Marks the event as one of an hour that is delivered again to repair it, by the indexed field `asana_repair`.
   * @default false
   */
  readonly repair?: boolean | undefined
  /**
   * Adds what is known about an event beside it, for example with `openContext` of `@asana-audit/context`.
   *
   * Each value is an indexed field, named as the attribute of a log record: `asana_geo_country_iso_code`.
   */
  readonly context?: ContextOf | undefined
}

const optionNames: OptionNames<AsanaHecEventOptions> = {
  ...{ fieldPolicy: true, relevance: true, replay: true, repair: true, context: true },
}

/**
 * The fields that searches use most come first: Splunk extracts JSON fields only from the first 5,000 characters
 * (`extraction_cutoff`, limits.conf).
 */
const first = ['gid', 'created_at', 'event_type', 'event_category', 'actor', 'context', 'resource'] as const
const placed: ReadonlySet<string> = new Set([...first, 'details'])

/**
 * The event as Asana sent it, after the field policy: who, what, when and from where first, and `details` last,
 * because it may be long. A few fields are also indexed, for quick counts and for events that are too long all the
 * same. Their names begin with `asana_`; otherwise a search that reads the event's JSON would see the same name
 * twice. Throws a TypeError if `created_at` is not a valid time (Splunk would use the time of receipt), and a fatal
 * `unknown_option`.
 */
export function asanaHecEvent(event: AuditLogEvent, options: AsanaHecEventOptions = {}): HecEvent {
  checkOptions(options)
  const { fieldPolicy = defaultFieldPolicy } = options
  const kept = applyFieldPolicy(event, fieldPolicy)
  const timeMs = parseMillis(kept.created_at)
  if (timeMs === undefined) throw new TypeError('created_at is not an RFC 3339 time')
  return { timeMs, event: inOrder(kept), fields: indexed(kept, options) }
}

const checkedOptions = new WeakSet<AsanaHecEventOptions>()

/** Each options object is checked once: this runs for every event. */
function checkOptions(options: AsanaHecEventOptions): void {
  if (checkedOptions.has(options)) return
  refuseUnknownOptions('asanaHecEvent', optionNames, options)
  checkedOptions.add(options)
}

/** The other names keep Asana's order. */
function inOrder(event: AuditLogEvent): Record<string, unknown> {
  if (isUsual(event)) {
    // Written out, because V8 makes an object with known names several times as fast.
    const { gid, created_at, event_type, event_category, actor, context, resource, details } = event
    return { gid, created_at, event_type, event_category, actor, context, resource, details }
  }
  const ordered: Record<string, unknown> = {}
  for (const name of first) if (Object.hasOwn(event, name)) ordered[name] = event[name]
  // `fromEntries` instead of assignment, so that `__proto__` is a name like any other.
  const others = Object.entries(event).filter(([name]) => !placed.has(name))
  const all = others.length === 0 ? ordered : { ...ordered, ...Object.fromEntries(others) }
  if (Object.hasOwn(event, 'details')) all['details'] = event.details
  return all
}

/** Whether it has all names of an event, and no other. */
function isUsual(event: AuditLogEvent): boolean {
  let names = 0
  for (const name in event) {
    if (!placed.has(name) || event[name] === undefined) return false
    names += 1
  }
  return names === placed.size
}

function indexed(
  event: AuditLogEvent,
  { relevance, replay, repair, context: contextOf }: AsanaHecEventOptions,
): Record<string, HecScalar> {
  const fields: Record<string, HecScalar> = {}
  function add(name: string, value: unknown): void {
    // An event may hold any name, also one of these.
    if (typeof value !== 'string' || value === '' || Object.hasOwn(event, name)) return
    fields[name] = value.toWellFormed()
  }
  if (!Object.hasOwn(event, 'asana_severity_number'))
    fields['asana_severity_number'] = severityNumber(event, relevance)
  if (replay && !Object.hasOwn(event, 'asana_replay')) fields['asana_replay'] = true
  if (repair && !Object.hasOwn(event, 'asana_repair')) fields['asana_repair'] = true
  add('asana_gid', event.gid)
  add('asana_event_type', event.event_type)
  add('asana_event_category', event.event_category)
  add('asana_actor_type', event.actor.actor_type)
  add('asana_actor_email', event.actor.email)
  add('asana_client_ip_address', event.context?.client_ip_address)
  const context = contextOf?.(event)
  if (context) {
    for (const [name, value] of Object.entries(contextAttributes(context))) {
      const field = `asana_${name.replace('asana.audit.', '').replaceAll('.', '_')}`
      if (!Object.hasOwn(event, field)) fields[field] = value
    }
  }
  return fields
}
