import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import type { Encoding } from './encoding.ts'
import { isInteger } from './integer.ts'
import { JsonWriter } from './json-writer.ts'
import type { Origin } from './origin.ts'
import { unixNanoDigits } from './unix-nanos.ts'

/**
 * OTLP as JSON, https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding.
 * 64-bit integers are strings. Nothing in here can make a decoder refuse the whole request.
 */
export function jsonEncoding(origin: Origin): Encoding {
  const writer = new JsonWriter()
  const head = headBytes(origin)
  const tail = tailBytes(origin)
  return {
    contentType: 'application/json',
    overhead: head.length + tail.length,
    record(record) {
      writer.discard()
      writeRecord(writer, record)
      return writer.finish()
    },
    envelope: (records) =>
      Buffer.concat([
        head,
        ...records.flatMap((record, i) => (i === 0 ? [record] : [json.comma, record])),
        tail,
      ]),
  }
}

/** The pieces that are the same in every record. */
const json = {
  comma: Buffer.from(','),
  time: Buffer.from('{"timeUnixNano":"'),
  observed: Buffer.from('","observedTimeUnixNano":"'),
  severity: Buffer.from('","severityNumber":'),
  body: Buffer.from(',"body":'),
  attributes: Buffer.from(',"attributes":'),
  eventName: Buffer.from(',"eventName":'),
  string: Buffer.from('{"stringValue":'),
  bool: Buffer.from('{"boolValue":'),
  int: Buffer.from('{"intValue":"'),
  double: Buffer.from('{"doubleValue":'),
  array: Buffer.from('{"arrayValue":{"values":['),
  map: Buffer.from('{"kvlistValue":{"values":'),
  open: Buffer.from('['),
  close: Buffer.from(']'),
  endArray: Buffer.from(']}}'),
  endMap: Buffer.from('}}'),
  endInt: Buffer.from('"}'),
  end: Buffer.from('}'),
  nothing: Buffer.from('{}'),
}

function headBytes({ resource, scope }: Origin): Uint8Array {
  const writer = new JsonWriter()
  writer.raw('{"resourceLogs":[{"resource":{"attributes":')
  writeMap(writer, resource)
  writer.raw('},"scopeLogs":[{"scope":{"name":')
  writer.string(scope.name)
  if (scope.version) {
    writer.raw(',"version":')
    writer.string(scope.version)
  }
  writer.raw('},"logRecords":[')
  return writer.finish()
}

function tailBytes({ scope }: Origin): Uint8Array {
  const writer = new JsonWriter()
  writer.raw(']')
  if (scope.schemaUrl) {
    writer.raw(',"schemaUrl":')
    writer.string(scope.schemaUrl)
  }
  writer.raw('}]}]}')
  return writer.finish()
}

function writeRecord(writer: JsonWriter, record: AuditLogRecord): void {
  writer.bytes(json.time)
  writer.raw(unixNanoDigits(record.timestamp))
  writer.bytes(json.observed)
  writer.raw(unixNanoDigits(record.observedTimestamp))
  writer.bytes(json.severity)
  writer.raw(String(record.severityNumber))
  writer.bytes(json.body)
  writeValue(writer, record.body)
  writer.bytes(json.attributes)
  writeMap(writer, record.attributes)
  writer.bytes(json.eventName)
  writer.string(record.eventName)
  writer.bytes(json.end)
}

function writeMap(writer: JsonWriter, map: Readonly<Record<string, AttributeValue>>): void {
  const keys = Object.keys(map)
  writer.bytes(json.open)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (i > 0) writer.bytes(json.comma)
    writer.bytes(keyBytes(key))
    writeValue(writer, map[key])
    writer.bytes(json.end)
  }
  writer.bytes(json.close)
}

/** `{"key":"asana.audit.gid","value":` for the names seen so far: nearly all are ours, and the same in every record. */
const encodedKeys = new Map<string, Uint8Array>()

/** Names may come from outside, as those in structured details do. */
const mostKeys = 1_000

function keyBytes(key: string): Uint8Array {
  const known = encodedKeys.get(key)
  if (known) return known
  const bytes = Buffer.from(`{"key":${JSON.stringify(key.toWellFormed())},"value":`)
  if (encodedKeys.size < mostKeys) encodedKeys.set(key, bytes)
  return bytes
}

/** An AnyValue. null is the AnyValue with nothing set. */
function writeValue(writer: JsonWriter, value: AttributeValue | undefined): void {
  switch (typeof value) {
    case 'string':
      writer.bytes(json.string)
      writer.string(value)
      writer.bytes(json.end)
      break
    case 'boolean':
      writer.bytes(json.bool)
      writer.raw(String(value))
      writer.bytes(json.end)
      break
    case 'number':
      writeNumber(writer, value)
      break
    case 'object':
      if (value === null) writer.bytes(json.nothing)
      else writeNested(writer, value)
      break
    default:
      writer.bytes(json.nothing)
  }
}

function writeNumber(writer: JsonWriter, value: number): void {
  const isWhole = isInteger(value)
  writer.bytes(isWhole ? json.int : json.double)
  writer.raw(isWhole ? String(value) : double(value))
  writer.bytes(isWhole ? json.endInt : json.end)
}

function writeNested(
  writer: JsonWriter,
  value: readonly AttributeValue[] | Readonly<Record<string, AttributeValue>>,
): void {
  if (!Array.isArray(value)) {
    writer.bytes(json.map)
    writeMap(writer, value as Readonly<Record<string, AttributeValue>>)
    writer.bytes(json.endMap)
    return
  }
  writer.bytes(json.array)
  for (const [i, item] of value.entries()) {
    if (i > 0) writer.bytes(json.comma)
    writeValue(writer, item)
  }
  writer.bytes(json.endArray)
}

/** JSON has no sign on zero in JSON.stringify, and no NaN or Infinity at all: protobuf's JSON form writes those as strings. */
function double(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0' : String(value)
}
