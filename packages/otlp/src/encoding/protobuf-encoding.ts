import type { ByteWriter } from '@asana-audit/core/sink-kit'
import type { AttributeValue } from '@asana-audit/schema'
import type { LogRecordHead } from '@asana-audit/schema/encoder'
import type { Encoding, RecordWriter } from './encoding.ts'
import { isInteger } from './integer.ts'
import type { Origin } from './origin.ts'
import {
  close,
  double,
  emptyHead,
  fixed64,
  int64,
  open,
  shortText,
  text,
  textAgain,
  varint,
} from './protobuf-writer.ts'
import { unixNanoWords } from './unix-nanos.ts'
import { written } from './written.ts'

/**
 * OTLP as protobuf, field numbers from opentelemetry/proto/{logs,common,resource}/v1 of
 * https://github.com/open-telemetry/opentelemetry-proto.
 */
export function protobufEncoding(origin: Origin): Encoding {
  const resource = written((to) => writeResource(to, origin))
  const scope = written((to) => writeScope(to, origin))
  const closing = written((to) => writeSchemaUrl(to, origin))
  return {
    contentType: 'application/x-protobuf',
    // Two tags, and two lengths of up to eight bytes each.
    room: resource.length + scope.length + 18,
    opening(records) {
      const bytes = scope.length + records + closing.length
      const scopeLogs = written((to) => writeHeader(to, tag(2, delimited), bytes))
      return written((to) => {
        writeHeader(to, tag(1, delimited), resource.length + scopeLogs.length + bytes)
        for (const part of [resource, scopeLogs, scope]) to.bytes(part)
      })
    },
    separator: new Uint8Array(),
    closing,
    writer: recordWriter,
  }
}

const wireVarint = 0
const fixed = 1
const delimited = 2

function tag(field: number, wireType: number): number {
  return field * 8 + wireType
}

function writeHeader(to: ByteWriter, tagByte: number, length: number): void {
  to.byte(tagByte)
  varint(to, length)
}

/** ResourceLogs.resource. */
function writeResource(to: ByteWriter, { resource }: Origin): void {
  const start = open(to, tag(1, delimited), 1)
  writeMap(to, tag(1, delimited), resource)
  close(to, start, 1)
}

/** ScopeLogs.scope. */
function writeScope(to: ByteWriter, { scope }: Origin): void {
  const start = open(to, tag(1, delimited), 1)
  if (scope.name) text(to, [tag(1, delimited)], noKey, scope.name)
  if (scope.version) text(to, [tag(2, delimited)], noKey, scope.version)
  close(to, start, 1)
}

/** ScopeLogs.schema_url. */
function writeSchemaUrl(to: ByteWriter, { scope }: Origin): void {
  if (scope.schemaUrl) text(to, [tag(3, delimited)], noKey, scope.schemaUrl)
}

/**
 * ScopeLogs.log_records. The fields of a message may come in any order, so attributes are written first, as they are
 * made.
 */
function recordWriter(to: ByteWriter): RecordWriter {
  let start = 0
  return {
    begin() {
      start = open(to, tag(2, delimited), usualWidth)
    },
    put(name, value, alias) {
      if (typeof value === 'string') writeText(to, name, value, alias)
      else writeAttribute(to, name, value, alias)
    },
    end(head) {
      writeHead(to, head)
      close(to, start, usualWidth)
    },
  }
}

function writeText(to: ByteWriter, name: string, value: string, alias: string | undefined): void {
  const { key, textHead } = encodedName(name)
  const isShort = shortText(to, textHead, attributeTags.length, value)
  const bytes = isShort ? value.length : text(to, attributeTags, key, value)
  if (alias !== undefined) textAgain(to, attributeTags, encodedName(alias).key, bytes)
}

function writeAttribute(
  to: ByteWriter,
  name: string,
  value: AttributeValue | undefined,
  alias: string | undefined,
): void {
  const only = Array.isArray(value) && value.length === 1 ? value[0] : undefined
  if (typeof only === 'string') {
    const { key, listHead } = encodedName(name)
    if (!shortText(to, listHead, listTags.length, only)) text(to, listTags, key, only)
  } else writePair(to, attributesTag, name, value)
  if (alias !== undefined) writeAttribute(to, alias, value, undefined)
}

/** Records usually have 128 to 16,383 bytes, so their length takes two. */
const usualWidth = 2

/** KeyValue.value and AnyValue.string_value. */
const valueTag = tag(2, delimited)
const stringTag = tag(1, delimited)
/** LogRecord.attributes, and the tags around a text in it. */
const attributesTag = tag(6, delimited)
const attributeTags = [attributesTag, valueTag, stringTag]
/** The same for a list of a single text, with AnyValue.array_value and ArrayValue.values in between. */
const listTags = [attributesTag, valueTag, tag(5, delimited), tag(1, delimited), stringTag]
/** LogRecord.body and LogRecord.event_name. */
const bodyTags = [tag(5, delimited), stringTag]
const eventNameTags = [tag(12, delimited)]
const noKey = new Uint8Array()

function writeHead(to: ByteWriter, head: LogRecordHead): void {
  writeTime(to, tag(1, fixed), head.timestamp)
  to.byte(tag(2, wireVarint))
  varint(to, head.severityNumber)
  text(to, bodyTags, noKey, head.body)
  writeTime(to, tag(11, fixed), head.observedTimestamp)
  text(to, eventNameTags, noKey, head.eventName)
}

function writeTime(to: ByteWriter, tagByte: number, time: LogRecordHead['timestamp']): void {
  const [low, high] = unixNanoWords(time)
  to.byte(tagByte)
  fixed64(to, low, high)
}

/** `repeated KeyValue`, each under `tagByte`. */
function writeMap(to: ByteWriter, tagByte: number, map: Readonly<Record<string, AttributeValue>>): void {
  for (const key of Object.keys(map)) writePair(to, tagByte, key, map[key])
}

function writePair(to: ByteWriter, tagByte: number, name: string, value: AttributeValue | undefined): void {
  const start = open(to, tagByte, 1)
  to.bytes(encodedName(name).key)
  writeValue(to, valueTag, value)
  close(to, start, 1)
}

interface EncodedName {
  readonly name: string
  /** KeyValue.key. */
  readonly key: Uint8Array
  /** The head of an attribute with one text, and with a list of one text. */
  readonly textHead: Uint8Array
  readonly listHead: Uint8Array
  /**
   * The name that followed this one last time: records resemble each other, so this is usually right, and faster than
   * a look-up.
   */
  next: EncodedName | undefined
}

/** The names seen so far: nearly all are our own and occur in every record. */
const encodedNames = new Map<string, EncodedName>()

/** A limit, because names may come from outside, such as those in structured details. */
const mostNames = 1_000

/** The last one that was looked up, if it is in the map. */
let latest: EncodedName | undefined

function encodedName(name: string): EncodedName {
  const expected = latest?.next
  if (expected?.name === name) {
    latest = expected
    return expected
  }
  const known = encodedNames.get(name)
  if (latest) latest.next = known
  latest = known
  return known ?? encodeName(name)
}

function encodeName(name: string): EncodedName {
  const key = written((to) => text(to, [tag(1, delimited)], noKey, name))
  const encoded = {
    name,
    key,
    textHead: emptyHead(attributeTags, key),
    listHead: emptyHead(listTags, key),
    next: undefined,
  }
  if (encodedNames.size < mostNames) encodedNames.set(name, encoded)
  return encoded
}

/** An AnyValue under `tagByte`. null is the AnyValue with nothing set. */
function writeValue(to: ByteWriter, tagByte: number, value: AttributeValue | undefined): void {
  const start = open(to, tagByte, 1)
  switch (typeof value) {
    case 'string':
      text(to, [stringTag], noKey, value)
      break
    case 'boolean':
      to.byte(tag(2, wireVarint))
      to.byte(value ? 1 : 0)
      break
    case 'number':
      writeNumber(to, value)
      break
    case 'object':
      if (value !== null) writeNested(to, value)
      break
  }
  close(to, start, 1)
}

function writeNumber(to: ByteWriter, value: number): void {
  if (isInteger(value)) {
    to.byte(tag(3, wireVarint))
    int64(to, value)
  } else {
    to.byte(tag(4, fixed))
    double(to, value)
  }
}

function writeNested(
  to: ByteWriter,
  value: readonly AttributeValue[] | Readonly<Record<string, AttributeValue>>,
): void {
  const isList = Array.isArray(value)
  const start = open(to, tag(isList ? 5 : 6, delimited), 1)
  if (isList) for (const item of value) writeValue(to, tag(1, delimited), item)
  else writeMap(to, tag(1, delimited), value as Readonly<Record<string, AttributeValue>>)
  close(to, start, 1)
}
