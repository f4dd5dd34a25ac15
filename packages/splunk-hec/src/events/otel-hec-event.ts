import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { toJsonText } from '@asana-audit/schema/lossless'
import { type HecEvent, type HecMetadata, type HecScalar, isHecScalar } from './hec-event.ts'

/** The parts of an OpenTelemetry log record that go to Splunk. A record of `toLogRecord` is one. */
export interface OtelLogRecord {
  /** `[seconds, nanoseconds]` since 1970; zero counts as not set. */
  readonly timestamp?: readonly [number, number] | undefined
  readonly observedTimestamp?: readonly [number, number] | undefined
  readonly severityNumber?: number | undefined
  readonly severityText?: string | undefined
  readonly body?: unknown
  readonly eventName?: string | undefined
  /** Lower-case hex. */
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

export interface OtelHecEventOptions {
  /** Resource attributes. An attribute of the record replaces one of the same name. */
  readonly resource?: Readonly<Record<string, unknown>> | undefined
}

const optionNames: OptionNames<OtelHecEventOptions> = { resource: true }

/** Attributes that become metadata in Splunk, not fields. */
const metadataOf: ReadonlyMap<string, keyof HecMetadata> = new Map([
  ['host.name', 'host'],
  ['com.splunk.source', 'source'],
  ['com.splunk.sourcetype', 'sourcetype'],
  ['com.splunk.index', 'index'],
])

/**
 * The record as the splunk_hec exporter of the OpenTelemetry Collector writes it, so that one search works for both:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/translator/splunk. Two differences:
 * a record without a body, which that exporter skips, gets its event name as the body; and values that Splunk cannot
 * store (null, an empty list) are left out.
 */
export function otelHecEvent(record: OtelLogRecord, options: OtelHecEventOptions = {}): HecEvent {
  refuseUnknownOptions('otelHecEvent', optionNames, options)
  const fields = new Map<string, HecScalar | readonly HecScalar[]>()
  const metadata: { -readonly [Key in keyof HecMetadata]: HecMetadata[Key] } = {}

  function add(name: string, value: unknown): void {
    if (value === null || value === undefined) return
    if (Array.isArray(value)) {
      if (value.every(isHecScalar)) {
        if (value.length > 0) fields.set(name, value)
      } else {
        fields.set(name, toJsonText(value))
      }
    } else if (typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) add(`${name}.${key}`, member)
    } else if (isHecScalar(value)) {
      fields.set(name, value)
    }
  }

  const { traceId, spanId, severityText, severityNumber, eventName } = record
  if (isSet(spanId)) add('span_id', spanId)
  if (isSet(traceId)) add('trace_id', traceId)
  if (severityText) add('otel.log.severity.text', severityText)
  if (severityNumber) add('otel.log.severity.number', severityNumber)
  if (eventName) add('otel.log.name', eventName)
  for (const attributes of [options.resource ?? {}, record.attributes ?? {}]) {
    for (const [name, value] of Object.entries(attributes)) {
      const key = metadataOf.get(name)
      if (key && typeof value === 'string') metadata[key] = value
      // The token of another destination is a secret.
      else if (name !== 'com.splunk.hec.access_token') add(name, plainValue(value))
    }
  }
  const empty = record.body === undefined || record.body === null || record.body === ''
  return {
    timeMs: millis(record.timestamp) ?? millis(record.observedTimestamp),
    ...metadata,
    event: empty ? eventName : plainValue(record.body),
    fields: Object.fromEntries(fields),
  }
}

/** An id of only zeros means that there is none. */
function isSet(id: string | undefined): boolean {
  return id !== undefined && !/^0*$/.test(id)
}

function millis(time: readonly [number, number] | undefined): number | undefined {
  if (!time || (time[0] === 0 && time[1] === 0)) return undefined
  return time[0] * 1000 + Math.round(time[1] / 1_000_000)
}

/** Deeper than any real attribute, and far from a stack overflow. */
const deepest = 64

/**
 * An OpenTelemetry value as the collector writes it in JSON: bytes in base64. Values JSON cannot hold (NaN,
 * infinities, bigints) become text, and so does everything deeper than 64 levels.
 */
function plainValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (depth === deepest) return toJsonText(value)
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1))
  // `fromEntries` instead of assignment, so that `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, plainValue(member, depth + 1)]),
  )
}
