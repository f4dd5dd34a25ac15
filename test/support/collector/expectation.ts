import {
  type AuditLogEvent,
  auditResourceAttributes,
  auditScope,
  parseAuditLogEvent,
  toLogRecord,
} from '../../../packages/schema/src/index.ts'
import type { HecEvent } from '../../../packages/splunk-hec/src/index.ts'
import type { ArrivedLog } from './output.ts'

export interface ExpectationOptions {
  readonly workspace: string
  readonly details?: 'json' | 'structured'
}

/** What has to arrive for an event, but for the time it was observed: what `toLogRecord` says, in the form of the output. */
export function expectedLog(
  event: unknown,
  { workspace, details = 'json' }: ExpectationOptions,
): Omit<ArrivedLog, 'observedTimeUnixNano'> {
  const { eventName, timestamp, severityNumber, body, attributes } = toLogRecord(parsed(event), { details })
  return {
    eventName,
    timeUnixNano: BigInt(timestamp[0]) * 1_000_000_000n + BigInt(timestamp[1]),
    severityNumber,
    severityText: '',
    body: wellFormed(body),
    attributes: wellFormed(attributes) as ArrivedLog['attributes'],
    resource: auditResourceAttributes({ workspace }),
    scope: { name: auditScope.name, version: auditScope.version },
    schemaUrl: auditScope.schemaUrl,
    others: {},
  }
}

type HecLog = Omit<ArrivedLog, 'timeUnixNano'> & Pick<HecEvent, 'timeMs'>

/** What the collector makes of an event that `map` has made for HEC: the event is the body, the fields are attributes. */
export function expectedHecLog(
  event: unknown,
  map: (event: AuditLogEvent) => HecEvent,
  host: string,
): HecLog {
  const { timeMs, event: body, fields } = map(parsed(event))
  return {
    timeMs,
    body: wellFormed(asDoubles(body)),
    attributes: wellFormed(asDoubles(fields)) as ArrivedLog['attributes'],
    resource: {
      'host.name': host,
      'com.splunk.source': 'asana:audit_log_api',
      'com.splunk.sourcetype': 'asana:audit',
    },
    eventName: '',
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    scope: { name: '', version: '' },
    schemaUrl: '',
    others: {},
  }
}

function parsed(event: unknown): AuditLogEvent {
  const result = parseAuditLogEvent(event)
  if ('reason' in result) throw new Error(result.reason)
  return result.event
}

/** Of JSON this receiver takes every number as floating point. */
function asDoubles(value: unknown): unknown {
  if (Number.isInteger(value) && !Object.is(value, -0)) return { doubleValue: value }
  if (Array.isArray(value)) return value.map(asDoubles)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asDoubles(member)]))
}

/** No wire carries half a surrogate pair; U+FFFD stands for it. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]),
  )
}
