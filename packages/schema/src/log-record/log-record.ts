import { contextAttributes } from '../context/context-attributes.ts'
import type { ContextOf } from '../context/event-context.ts'
import { type AuditLogEvent, parseAuditLogEvent } from '../event/event.ts'
import { eventTypes } from '../event/event-types.ts'
import { type Instant, lastSecond, parseInstant, present } from '../event/instant.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { relevanceOf } from '../mapping/relevance.ts'
import type { RelevancePolicy } from '../mapping/relevance-policy.ts'
import { applyFieldPolicy, defaultFieldPolicy, type FieldPolicy } from '../policy/field-policy.ts'
import {
  ATTR_ASANA_AUDIT_INDICATORS_EMAIL,
  ATTR_ASANA_AUDIT_INDICATORS_IP,
  ATTR_ASANA_AUDIT_INDICATORS_USERNAME,
  ATTR_ASANA_AUDIT_RELEVANCE,
  ATTR_ASANA_AUDIT_REPAIR,
  ATTR_ASANA_AUDIT_REPLAY,
  ATTR_CLIENT_ADDRESS,
} from '../semconv.ts'
import type { AttributeMap } from './attribute-map.ts'
import { eventFromAttributes, putEvent } from './event-attributes.ts'
import { type Indicators, indicators } from './indicators.ts'
import { type PutAttribute, putAttribute } from './put-attribute.ts'
import { sentence } from './sentence.ts'
import { type SeverityNumber, severityNumbers } from './severity.ts'

/**
 * An OpenTelemetry LogRecord as plain data, assignable to the `LogRecord` of `@opentelemetry/api` (1.10 and
 * later) and of `@opentelemetry/api-logs`. Times are `[seconds, nanoseconds]`, never before 1970 nor past
 * what OTLP can carry.
 */
export interface AuditLogRecord {
  eventName: string
  timestamp: Instant
  observedTimestamp: Instant
  severityNumber: SeverityNumber
  body: string
  attributes: AttributeMap
}

/** A record without its attributes. */
export type LogRecordHead = Omit<AuditLogRecord, 'attributes'>

export interface LogRecordOptions {
  /**
   * Which fields to keep, hash or drop, made by `fieldPolicy(…)`. `keepAll` leaves every event as it came.
   *
   * It is applied before any field is derived.
   * @default `defaultFieldPolicy`
   */
  fieldPolicy?: FieldPolicy
  /**
   * `json` writes `details` as JSON text; `structured` as a map attribute, for stores that search in maps.
   * @default 'json'
   */
  details?: 'json' | 'structured'
  /**
   * How much each kind of event matters, in your own judgement. Made by `relevancePolicy(…)`.
   * @default our table
   */
  relevance?: RelevancePolicy | undefined
  /**
   * When the event reached you: `[seconds, nanoseconds]` since 1970.
   * @default `receivedAt` of the context's provenance, or else now
   */
  observedTimestamp?: Instant
  /**
   * Marks the record as one that is sent again, from an archive: `asana.audit.replay` is then true.
   * @default false
   */
  replay?: boolean | undefined
  /**
   * Marks the record as one of an hour that is delivered again to repair it: `asana.audit.repair` is then true.
   * @default false
   */
  repair?: boolean | undefined
  /**
   * Adds what is known about an event beside it, for example with `openContext` of `@asana-audit/context`.
   *
   * It gets the event after the field policy.
   */
  context?: ContextOf | undefined
}

/**
 * Maps an event that `parseAuditLogEvent` has accepted. It never throws, for any event; a record has at most 100
 * attributes; and `fromLogRecord` returns the same event (after the field policy).
 */
export function toLogRecord(event: AuditLogEvent, options?: LogRecordOptions): AuditLogRecord {
  const attributes: AttributeMap = {}
  const put: PutAttribute = (name, value, alias) => {
    putAttribute(attributes, name, value)
    if (alias !== undefined) putAttribute(attributes, alias, value)
  }
  const head = writeLogRecord(event, put, options)
  return { ...head, attributes }
}

/**
 * The same for code that writes records without keeping them: passes the attributes to `put` one by one and returns
 * the rest. `put` is called only during the call; an error it throws is passed on.
 */
export function writeLogRecord(
  event: AuditLogEvent,
  put: PutAttribute,
  options: LogRecordOptions = {},
): LogRecordHead {
  checkOptions(options)
  const { fieldPolicy = defaultFieldPolicy, details = 'json' } = options
  const kept = applyFieldPolicy(event, fieldPolicy)
  const relevance = relevanceOf(kept, options.relevance)
  putEvent(kept, details, put)
  put(ATTR_ASANA_AUDIT_RELEVANCE, relevance)
  if (options.replay) put(ATTR_ASANA_AUDIT_REPLAY, true)
  if (options.repair) put(ATTR_ASANA_AUDIT_REPAIR, true)
  putIndicators(indicators(kept), put)
  const context = options.context?.(kept)
  if (context) for (const [name, value] of Object.entries(contextAttributes(context))) put(name, value)
  return {
    eventName: eventName(kept.event_type),
    timestamp: wireTime(kept.created_at),
    observedTimestamp: options.observedTimestamp ?? context?.provenance?.receivedAt ?? present(),
    severityNumber: severityNumbers[relevance],
    body: sentence(kept),
  }
}

const optionNames: OptionNames<LogRecordOptions> = {
  ...{ fieldPolicy: true, details: true, relevance: true, observedTimestamp: true },
  ...{ replay: true, repair: true, context: true },
}
const checkedOptions = new WeakSet<LogRecordOptions>()

/** An invalid policy would leave personal data in clear. Each options object is checked once. */
function checkOptions(options: LogRecordOptions): void {
  if (checkedOptions.has(options)) return
  checkOptionNames('toLogRecord', optionNames, options)
  if (options.fieldPolicy !== undefined && !Array.isArray(options.fieldPolicy.rules)) {
    throw new TypeError('The option fieldPolicy of toLogRecord must be made by fieldPolicy(…).')
  }
  checkedOptions.add(options)
}

/**
 * The event a record was made from: a record of `toLogRecord`, of an SDK, or decoded from OTLP. Throws an Error with
 * the code `not_an_audit_record` if the attributes hold no event.
 */
export function fromLogRecord(record: {
  readonly attributes?: { readonly [key: string]: unknown } | undefined
}): AuditLogEvent {
  const parsed = readEvent(record.attributes ?? {})
  if ('event' in parsed) return parsed.event
  const error = new Error(`The record's asana.audit.* attributes hold no event (${parsed.reason}).`)
  throw Object.assign(error, { code: 'not_an_audit_record' })
}

function readEvent(attributes: { readonly [key: string]: unknown }): ReturnType<typeof parseAuditLogEvent> {
  try {
    return parseAuditLogEvent(eventFromAttributes(attributes))
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: 'details or unmapped is not valid JSON' }
    throw error
  }
}

const eventNames: ReadonlyMap<string, string> = new Map(
  [...eventTypes.keys()].map((name) => [name, `asana.audit.${name}`]),
)

/** Event names must be few, so types that do not look like Asana's share one name; the attribute has the type. */
function eventName(eventType: string): string {
  const known = eventNames.get(eventType)
  if (known !== undefined) return known
  return /^[a-z0-9_]{1,200}$/.test(eventType) ? `asana.audit.${eventType}` : 'asana.audit.unknown'
}

/**
 * Zero is OTLP's "unknown": a time that OTLP cannot carry must not become another time. `asana.audit.created_at`
 * keeps it.
 */
function wireTime(createdAt: string): Instant {
  const instant = parseInstant(createdAt)
  return instant && instant[0] >= 0 && instant[0] <= lastSecond ? instant : [0, 0]
}

function putIndicators({ email, ip, username }: Indicators, put: PutAttribute): void {
  if (email.length > 0) put(ATTR_ASANA_AUDIT_INDICATORS_EMAIL, email)
  if (ip[0] !== undefined) {
    put(ATTR_CLIENT_ADDRESS, ip[0])
    put(ATTR_ASANA_AUDIT_INDICATORS_IP, ip)
  }
  if (username.length > 0) put(ATTR_ASANA_AUDIT_INDICATORS_USERNAME, username)
}
