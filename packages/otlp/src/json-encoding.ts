import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import type { Encoding } from './encoding.ts'
import { isInteger } from './integer.ts'
import type { Origin } from './origin.ts'
import { unixNanoDigits } from './unix-nanos.ts'

/**
 * OTLP as JSON, https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding.
 * 64-bit integers are strings. Nothing in here can make a decoder refuse the whole request.
 */
export function jsonEncoding({ resource, scope }: Origin): Encoding {
  const version = scope.version ? `,"version":${quote(scope.version)}` : ''
  const schemaUrl = scope.schemaUrl ? `,"schemaUrl":${quote(scope.schemaUrl)}` : ''
  const head = Buffer.from(
    `{"resourceLogs":[{"resource":{"attributes":${keyValues(resource)}},"scopeLogs":[` +
      `{"scope":{"name":${quote(scope.name)}${version}},"logRecords":[`,
  )
  const comma = Buffer.from(',')
  const tail = Buffer.from(`]${schemaUrl}}]}]}`)
  return {
    contentType: 'application/json',
    overhead: head.length + tail.length,
    record: (record) => Buffer.from(recordJson(record)),
    envelope: (records) =>
      Buffer.concat([head, ...records.flatMap((record, i) => (i === 0 ? [record] : [comma, record])), tail]),
  }
}

function recordJson(record: AuditLogRecord): string {
  return (
    `{"timeUnixNano":"${unixNanoDigits(record.timestamp)}"` +
    `,"observedTimeUnixNano":"${unixNanoDigits(record.observedTimestamp)}"` +
    `,"severityNumber":${record.severityNumber}` +
    `,"body":${anyValue(record.body)}` +
    `,"attributes":${keyValues(record.attributes)}` +
    `,"eventName":${quote(record.eventName)}}`
  )
}

function keyValues(map: Readonly<Record<string, AttributeValue>>): string {
  let json = ''
  for (const key of Object.keys(map)) {
    json += `${json && ','}{"key":${quote(key)},"value":${anyValue(map[key])}}`
  }
  return `[${json}]`
}

/** An AnyValue. null is the AnyValue with nothing set. */
function anyValue(value: AttributeValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${quote(value)}}`
    case 'boolean':
      return `{"boolValue":${value}}`
    case 'number':
      return isInteger(value) ? `{"intValue":"${value}"}` : `{"doubleValue":${double(value)}}`
    case 'object':
      if (value === null) return '{}'
      if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(anyValue).join(',')}]}}`
      return `{"kvlistValue":{"values":${keyValues(value)}}}`
    default:
      return '{}'
  }
}

/** JSON has no sign on zero in JSON.stringify, and no NaN or Infinity at all: protobuf's JSON form writes those as strings. */
function double(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Half a surrogate pair becomes U+FFFD, as in protobuf: escaped, it would make strict decoders refuse the request. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed())
}
