import { ByteWriter } from '@asana-audit/core/sink-kit'
import type { AttributeValue } from '@asana-audit/schema'
import type { LogRecordHead } from '@asana-audit/schema/encoder'
import type { Encoding, RecordWriter } from './encoding.ts'
import { isInteger } from './integer.ts'
import { jsonString } from './json-string.ts'
import type { Origin } from './origin.ts'
import { unixNanoDigits } from './unix-nanos.ts'
import { written } from './written.ts'

/**
 * OTLP as JSON,
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding.
 * 64-bit integers are strings. Whatever a record holds, the output is valid, so a decoder never refuses the whole
 * request.
 */
export function jsonEncoding(origin: Origin): Encoding {
  const opening = written((to) => writeOpening(to, origin))
  return {
    contentType: 'application/json',
    room: opening.length,
    opening: () => opening,
    separator: json.comma,
    closing: written((to) => writeClosing(to, origin)),
    writer: recordWriter,
  }
}

/** Attributes are written last: people read these lines, so time and sentence come first. */
function recordWriter(to: ByteWriter): RecordWriter {
  const attributes = new ByteWriter()
  function put(name: string, value: AttributeValue, alias?: string): void {
    if (attributes.length > 0) attributes.bytes(json.comma)
    writePair(attributes, name, value)
    if (alias !== undefined) put(alias, value)
  }
  return {
    begin() {
      attributes.length = 0
    },
    put,
    end(head) {
      writeHead(to, head)
      to.bytes(json.attributes)
      to.bytes(attributes.buffer.subarray(0, attributes.length))
      to.bytes(json.eventName)
      jsonString(to, head.eventName)
      to.bytes(json.end)
    },
  }
}

/** The parts that are the same in every record. */
const json = {
  comma: Buffer.from(','),
  time: Buffer.from('{"timeUnixNano":"'),
  observed: Buffer.from('","observedTimeUnixNano":"'),
  severity: Buffer.from('","severityNumber":'),
  body: Buffer.from(',"body":'),
  attributes: Buffer.from(',"attributes":['),
  eventName: Buffer.from('],"eventName":'),
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

function writeOpening(to: ByteWriter, { resource, scope }: Origin): void {
  to.text('{"resourceLogs":[{"resource":{"attributes":')
  writeMap(to, resource)
  to.text('},"scopeLogs":[{"scope":{"name":')
  jsonString(to, scope.name)
  if (scope.version) {
    to.text(',"version":')
    jsonString(to, scope.version)
  }
  to.text('},"logRecords":[')
}

function writeClosing(to: ByteWriter, { scope }: Origin): void {
  to.text(']')
  if (scope.schemaUrl) {
    to.text(',"schemaUrl":')
    jsonString(to, scope.schemaUrl)
  }
  to.text('}]}]}')
}

function writeHead(to: ByteWriter, head: LogRecordHead): void {
  to.bytes(json.time)
  to.text(unixNanoDigits(head.timestamp))
  to.bytes(json.observed)
  to.text(unixNanoDigits(head.observedTimestamp))
  to.bytes(json.severity)
  to.text(String(head.severityNumber))
  to.bytes(json.body)
  writeValue(to, head.body)
}

function writeMap(to: ByteWriter, map: Readonly<Record<string, AttributeValue>>): void {
  to.bytes(json.open)
  for (const [i, name] of Object.keys(map).entries()) {
    if (i > 0) to.bytes(json.comma)
    writePair(to, name, map[name])
  }
  to.bytes(json.close)
}

function writePair(to: ByteWriter, name: string, value: AttributeValue | undefined): void {
  to.bytes(keyBytes(name))
  writeValue(to, value)
  to.bytes(json.end)
}

/**
 * `{"key":"asana.audit.gid","value":` for the names seen so far: nearly all are our own and occur in every record.
 */
const encodedKeys = new Map<string, Uint8Array>()

/** A limit, because names may come from outside, such as those in structured details. */
const mostKeys = 1_000

function keyBytes(key: string): Uint8Array {
  const known = encodedKeys.get(key)
  if (known) return known
  const bytes = Buffer.from(`{"key":${JSON.stringify(key.toWellFormed())},"value":`)
  if (encodedKeys.size < mostKeys) encodedKeys.set(key, bytes)
  return bytes
}

/** An AnyValue. null is the AnyValue with nothing set. */
function writeValue(to: ByteWriter, value: AttributeValue | undefined): void {
  switch (typeof value) {
    case 'string':
      to.bytes(json.string)
      jsonString(to, value)
      to.bytes(json.end)
      break
    case 'boolean':
      to.bytes(json.bool)
      to.text(String(value))
      to.bytes(json.end)
      break
    case 'number':
      writeNumber(to, value)
      break
    case 'object':
      if (value === null) to.bytes(json.nothing)
      else writeNested(to, value)
      break
    default:
      to.bytes(json.nothing)
  }
}

function writeNumber(to: ByteWriter, value: number): void {
  const isWhole = isInteger(value)
  to.bytes(isWhole ? json.int : json.double)
  to.text(isWhole ? String(value) : double(value))
  to.bytes(isWhole ? json.endInt : json.end)
}

function writeNested(
  to: ByteWriter,
  value: readonly AttributeValue[] | Readonly<Record<string, AttributeValue>>,
): void {
  if (!Array.isArray(value)) {
    to.bytes(json.map)
    writeMap(to, value as Readonly<Record<string, AttributeValue>>)
    to.bytes(json.endMap)
    return
  }
  to.bytes(json.array)
  for (const [i, item] of value.entries()) {
    if (i > 0) to.bytes(json.comma)
    writeValue(to, item)
  }
  to.bytes(json.endArray)
}

/**
 * JSON.stringify drops the sign of -0, and JSON has no NaN or Infinity: protobuf's JSON form writes those as strings.
 */
function double(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0' : String(value)
}
