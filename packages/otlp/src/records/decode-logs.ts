import type { AttributeValue } from '@asana-audit/schema'
import type { AttributeMap } from '@asana-audit/schema/encoder'
import { fromJsonText, type Instant, lastSecond } from '@asana-audit/schema/lossless'

/** A log record read back from OTLP, its values as plain data. */
export interface DecodedRecord {
  readonly eventName: string
  /** `[0, 0]` is OTLP's "unknown". */
  readonly timestamp: Instant
  readonly observedTimestamp: Instant
  readonly severityNumber: number
  readonly body: AttributeValue
  /** What `fromLogRecord` of `@asana-audit/schema` reads. */
  readonly attributes: AttributeMap
  readonly resource: AttributeMap
  readonly scope: { readonly name: string; readonly version: string }
}

type JsonObject = Readonly<Record<string, unknown>>

/** Far more than the 24 levels we write, far fewer than overflow the stack. */
const deepest = 200

/**
 * The records of one LogsData in OTLP's JSON form, from any writer,
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding. An
 * integer past 2^53 stays a string of digits, bytes stay base64. Throws a SyntaxError that names the problem.
 */
export function decodeLogs(text: string): DecodedRecord[] {
  const logs = asObject(parse(text), 'it')
  if (!Array.isArray(logs['resourceLogs'])) throw new SyntaxError('it has no list resourceLogs')
  return listOf(logs, 'resourceLogs').flatMap((resourceLogs) => {
    const resource = keyValues(objectOf(resourceLogs, 'resource'), 'attributes', 0)
    return listOf(resourceLogs, 'scopeLogs').flatMap((scopeLogs) => {
      const { name, version } = objectOf(scopeLogs, 'scope')
      const scope = { name: textOf(name), version: textOf(version) }
      return listOf(scopeLogs, 'logRecords').map((record) => ({ ...decodeRecord(record), resource, scope }))
    })
  })
}

/** Hides the message of JSON.parse, because it quotes the text, which is personal data. */
function parse(text: string): unknown {
  try {
    return fromJsonText(text)
  } catch {
    throw new SyntaxError('it is not JSON')
  }
}

function decodeRecord(record: JsonObject): Omit<DecodedRecord, 'resource' | 'scope'> {
  return {
    eventName: textOf(record['eventName']),
    timestamp: instant(record['timeUnixNano']),
    observedTimestamp: instant(record['observedTimeUnixNano']),
    severityNumber: typeof record['severityNumber'] === 'number' ? record['severityNumber'] : 0,
    body: anyValue(record['body'], 0),
    attributes: keyValues(record, 'attributes', 0),
  }
}

/** `fromEntries` instead of assignment, so that `__proto__` is a key like any other. */
function keyValues(parent: JsonObject, name: string, depth: number): AttributeMap {
  return Object.fromEntries(
    listOf(parent, name).map(({ key, value }) => [textOf(key), anyValue(value, depth + 1)]),
  )
}

/** An AnyValue; one with nothing set is null. */
function anyValue(json: unknown, depth: number): AttributeValue {
  if (json === undefined || json === null) return null
  if (depth > deepest) throw new SyntaxError(`it is nested deeper than ${deepest} levels`)
  const value = asObject(json, 'a value')
  if (typeof value['stringValue'] === 'string') return value['stringValue']
  if (typeof value['boolValue'] === 'boolean') return value['boolValue']
  if (value['intValue'] !== undefined) return integer(value['intValue'])
  if (value['doubleValue'] !== undefined) return Number(value['doubleValue'])
  if (value['arrayValue'] !== undefined) {
    return listOf(objectOf(value, 'arrayValue'), 'values').map((item) => anyValue(item, depth + 1))
  }
  if (value['kvlistValue'] !== undefined) return keyValues(objectOf(value, 'kvlistValue'), 'values', depth)
  return typeof value['bytesValue'] === 'string' ? value['bytesValue'] : null
}

function integer(json: unknown): AttributeValue {
  const value = Number(json)
  return Number.isSafeInteger(value) ? value : String(json)
}

/**
 * Nanoseconds since 1970 as decimal digits; 64 bits are more than a double holds. An invalid time becomes OTLP's
 * "unknown", because it could not be written again.
 */
function instant(json: unknown): Instant {
  const digits = String(json ?? '0')
  const seconds = Number(digits.slice(0, -9))
  if (!/^\d{1,20}$/.test(digits) || seconds > lastSecond) return [0, 0]
  return [seconds, Number(digits.slice(-9))]
}

function textOf(json: unknown): string {
  return typeof json === 'string' ? json : ''
}

function asObject(json: unknown, what: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject
  throw new SyntaxError(`${what} is not an object`)
}

/** Absent and null mean the same in protobuf's JSON form: nothing set. */
function objectOf(parent: JsonObject, name: string): JsonObject {
  return asObject(parent[name] ?? {}, name)
}

function listOf(parent: JsonObject, name: string): JsonObject[] {
  const items = parent[name] ?? []
  if (!Array.isArray(items)) throw new SyntaxError(`${name} is not a list`)
  return items.map((item) => asObject(item, `an item of ${name}`))
}
