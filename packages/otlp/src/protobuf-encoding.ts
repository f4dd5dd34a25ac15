import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import { BackwardWriter } from './backward-writer.ts'
import type { Encoding } from './encoding.ts'
import { isInteger } from './integer.ts'
import type { Origin } from './origin.ts'
import { unixNanoWords } from './unix-nanos.ts'

/**
 * OTLP as protobuf, field numbers from opentelemetry/proto/{logs,common,resource}/v1 of
 * https://github.com/open-telemetry/opentelemetry-proto. Everything is written last to first (backward-writer.ts).
 */
export function protobufEncoding(origin: Origin): Encoding {
  const writer = new BackwardWriter()
  const resource = resourceBytes(origin)
  const scope = scopeBytes(origin)
  const schemaUrl = schemaUrlBytes(origin)
  return {
    contentType: 'application/x-protobuf',
    // Two tags and two lengths of up to ten bytes each around the constant parts.
    overhead: resource.length + scope.length + schemaUrl.length + 22,
    record(record) {
      writer.discard()
      writeRecord(writer, record)
      return writer.finish()
    },
    envelope(records) {
      let bytes = scope.length + schemaUrl.length
      for (const record of records) bytes += record.length
      const scopeLogs = header(tag(2, 2), bytes)
      const resourceLogs = header(tag(1, 2), resource.length + scopeLogs.length + bytes)
      return Buffer.concat([resourceLogs, resource, scopeLogs, scope, ...records, schemaUrl])
    },
  }
}

const varint = 0
const fixed64 = 1
const delimited = 2

function tag(field: number, wireType: number): number {
  return field * 8 + wireType
}

function header(tagByte: number, length: number): Uint8Array {
  const writer = new BackwardWriter()
  writer.varint(length)
  writer.byte(tagByte)
  return writer.finish()
}

/** ResourceLogs.resource. */
function resourceBytes({ resource }: Origin): Uint8Array {
  const writer = new BackwardWriter()
  writeMap(writer, tag(1, delimited), resource)
  writer.varint(writer.length)
  writer.byte(tag(1, delimited))
  return writer.finish()
}

/** ScopeLogs.scope. */
function scopeBytes({ scope }: Origin): Uint8Array {
  const writer = new BackwardWriter()
  if (scope.version) writeString(writer, tag(2, delimited), scope.version)
  if (scope.name) writeString(writer, tag(1, delimited), scope.name)
  writer.varint(writer.length)
  writer.byte(tag(1, delimited))
  return writer.finish()
}

/** ScopeLogs.schema_url. */
function schemaUrlBytes({ scope }: Origin): Uint8Array {
  const writer = new BackwardWriter()
  if (scope.schemaUrl) writeString(writer, tag(3, delimited), scope.schemaUrl)
  return writer.finish()
}

/** ScopeLogs.log_records, one of them. */
function writeRecord(writer: BackwardWriter, record: AuditLogRecord): void {
  writeString(writer, tag(12, delimited), record.eventName)
  writeTime(writer, tag(11, fixed64), record.observedTimestamp)
  writeMap(writer, tag(6, delimited), record.attributes)
  writeValue(writer, tag(5, delimited), record.body)
  writer.varint(record.severityNumber)
  writer.byte(tag(2, varint))
  writeTime(writer, tag(1, fixed64), record.timestamp)
  writer.varint(writer.length)
  writer.byte(tag(2, delimited))
}

function writeString(writer: BackwardWriter, tagByte: number, text: string): void {
  writer.string(text)
  writer.byte(tagByte)
}

function writeTime(writer: BackwardWriter, tagByte: number, time: AuditLogRecord['timestamp']): void {
  const [low, high] = unixNanoWords(time)
  writer.fixed64(low, high)
  writer.byte(tagByte)
}

/** `repeated KeyValue`, each under `tagByte`. */
function writeMap(
  writer: BackwardWriter,
  tagByte: number,
  map: Readonly<Record<string, AttributeValue>>,
): void {
  const keys = Object.keys(map)
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]!
    const before = writer.length
    writeValue(writer, tag(2, delimited), map[key])
    writer.bytes(keyBytes(key))
    writer.varint(writer.length - before)
    writer.byte(tagByte)
  }
}

/** KeyValue.key of the names seen so far: nearly all are ours, and the same in every record. */
const encodedKeys = new Map<string, Uint8Array>()

/** Names may come from outside, as those in structured details do. */
const mostKeys = 1_000

function keyBytes(key: string): Uint8Array {
  const known = encodedKeys.get(key)
  if (known) return known
  const writer = new BackwardWriter()
  writeString(writer, tag(1, delimited), key)
  const bytes = Uint8Array.from(writer.finish())
  if (encodedKeys.size < mostKeys) encodedKeys.set(key, bytes)
  return bytes
}

/** An AnyValue under `tagByte`. null is the AnyValue with nothing set. */
function writeValue(writer: BackwardWriter, tagByte: number, value: AttributeValue | undefined): void {
  const before = writer.length
  switch (typeof value) {
    case 'string':
      writeString(writer, tag(1, delimited), value)
      break
    case 'boolean':
      writer.byte(value ? 1 : 0)
      writer.byte(tag(2, varint))
      break
    case 'number':
      writeNumber(writer, value)
      break
    case 'object':
      if (value !== null) writeNested(writer, value)
      break
  }
  writer.varint(writer.length - before)
  writer.byte(tagByte)
}

function writeNumber(writer: BackwardWriter, value: number): void {
  if (isInteger(value)) {
    writer.int64(value)
    writer.byte(tag(3, varint))
  } else {
    writer.double(value)
    writer.byte(tag(4, fixed64))
  }
}

function writeNested(
  writer: BackwardWriter,
  value: readonly AttributeValue[] | Readonly<Record<string, AttributeValue>>,
): void {
  const before = writer.length
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) writeValue(writer, tag(1, delimited), value[i])
    writer.varint(writer.length - before)
    writer.byte(tag(5, delimited))
  } else {
    writeMap(writer, tag(1, delimited), value as Readonly<Record<string, AttributeValue>>)
    writer.varint(writer.length - before)
    writer.byte(tag(6, delimited))
  }
}
