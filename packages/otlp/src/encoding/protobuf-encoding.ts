import type { ByteWriter } from '@asana-audit/core/sink-kit'
import type { LogRecordHead } from '@asana-audit/schema/encoder'
import type { Encoding, RecordWriter } from './encoding.ts'
import type { Origin } from './origin.ts'
import { writeAttribute, writeMap, writeText } from './protobuf-attribute.ts'
import {
  close,
  delimited,
  fixed,
  fixed64,
  noKey,
  open,
  tag,
  text,
  varint,
  wireVarint,
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

/** Records usually have 128 to 16,383 bytes, so their length takes two. */
const usualWidth = 2

/** LogRecord.body (an AnyValue.string_value) and LogRecord.event_name. */
const bodyTags = [tag(5, delimited), tag(1, delimited)]
const eventNameTags = [tag(12, delimited)]

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
