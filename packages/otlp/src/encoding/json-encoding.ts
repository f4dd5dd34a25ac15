import { ByteWriter } from '@asana-audit/core/sink-kit'
import type { AttributeValue } from '@asana-audit/schema'
import type { LogRecordHead } from '@asana-audit/schema/encoder'
import { encodedNames } from './encoded-names.ts'
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
    room: opening.length,
    opening: () => opening,
    separator: json.comma,
    closing: written((to) => writeClosing(to, origin)),
    writer: recordWriter,
  }
}

/** Attributes are written last: people read these lines, so time and sentence come first. */
function recordWriter(to: ByteWriter): RecordWriter {
  /** Each with a comma before it. */
  const attributes = new ByteWriter()
  return {
    begin() {
      attributes.length = 0
    },
    put(name, value, alias) {
      const start = attributes.length
      if (typeof value === 'string') writeText(attributes, name, value)
      else writeAttribute(attributes, name, value)
      if (alias !== undefined) writeAlias(attributes, start, name, alias)
    },
    end(head) {
      writeHead(to, head)
      to.bytes(json.attributes)
      to.bytes(attributes.buffer.subarray(1, attributes.length))
      to.bytes(json.eventName)
      jsonString(to, head.eventName)
      to.byte(brace)
    },
  }
}

const brace = 0x7d
const bracket = 0x5b

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
  close: Buffer.from(']'),
  endArray: Buffer.from(']}}'),
  endMap: Buffer.from('}}'),
  endInt: Buffer.from('"}'),
  endDouble: Buffer.from('}'),
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
  const start = to.length
  for (const name of Object.keys(map)) writeAttribute(to, name, map[name])
  // The bracket takes the place of the first comma.
  if (to.length === start) to.byte(bracket)
  else to.buffer[start] = bracket
  to.bytes(json.close)
}

/** A comma, and the pair of name and value. */
function writeAttribute(to: ByteWriter, name: string, value: AttributeValue | undefined): void {
  to.bytes(encodedName(name).opening)
  writeValue(to, value)
  to.byte(brace)
}

/** The same for the most usual value. */
function writeText(to: ByteWriter, name: string, value: string): void {
  to.bytes(encodedName(name).textOpening)
  jsonString(to, value)
  to.byte(brace)
  to.byte(brace)
}

/** The attribute that begins at `start` and ends here, once more under another name. */
function writeAlias(to: ByteWriter, start: number, name: string, alias: string): void {
  const value = start + encodedName(name).opening.length
  const end = to.length
  to.bytes(encodedName(alias).opening)
  to.reserve(end - value)
  to.buffer.copyWithin(to.length, value, end)
  to.length += end - value
}

/** `,{"key":"asana.audit.gid","value":`, and the same with the beginning of a text. */
const encodedName = encodedNames((name) => {
  const opening = `,{"key":${JSON.stringify(name.toWellFormed())},"value":`
  return { opening: Buffer.from(opening), textOpening: Buffer.from(`${opening}{"stringValue":`) }
})

/** An AnyValue. null is the AnyValue with nothing set. */
function writeValue(to: ByteWriter, value: AttributeValue | undefined): void {
  switch (typeof value) {
    case 'string':
      to.bytes(json.string)
      jsonString(to, value)
      to.byte(brace)
      break
    case 'boolean':
      to.bytes(json.bool)
      to.text(String(value))
      to.byte(brace)
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
  to.bytes(isWhole ? json.endInt : json.endDouble)
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
