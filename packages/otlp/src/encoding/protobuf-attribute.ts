import type { ByteWriter } from '@asana-audit/core/sink-kit'
import type { AttributeValue } from '@asana-audit/schema'
import { encodedNames } from './encoded-names.ts'
import { isInteger } from './integer.ts'
import {
  close,
  delimited,
  double,
  emptyHead,
  fixed,
  int64,
  noKey,
  open,
  shortText,
  tag,
  text,
  textAgain,
  wireVarint,
} from './protobuf-writer.ts'
import { written } from './written.ts'

// KeyValue and AnyValue of opentelemetry/proto/common/v1.

/** KeyValue.value and AnyValue.string_value. */
const valueTag = tag(2, delimited)
const stringTag = tag(1, delimited)
/** LogRecord.attributes, and the tags around a text in it. */
const attributesTag = tag(6, delimited)
const attributeTags = [attributesTag, valueTag, stringTag]
/** The same for a list of a single text, with AnyValue.array_value and ArrayValue.values in between. */
const listTags = [attributesTag, valueTag, tag(5, delimited), tag(1, delimited), stringTag]

/** LogRecord.attributes: a text, also under another name. */
export function writeText(to: ByteWriter, name: string, value: string, alias: string | undefined): void {
  const { key, textHead } = encodedName(name)
  const isShort = shortText(to, textHead, attributeTags.length, value)
  const bytes = isShort ? value.length : text(to, attributeTags, key, value)
  if (alias !== undefined) textAgain(to, attributeTags, encodedName(alias).key, bytes)
}

/** LogRecord.attributes: any other value. */
export function writeAttribute(
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

/** `repeated KeyValue`, each under `tagByte`. */
export function writeMap(
  to: ByteWriter,
  tagByte: number,
  map: Readonly<Record<string, AttributeValue>>,
): void {
  for (const key of Object.keys(map)) writePair(to, tagByte, key, map[key])
}

function writePair(to: ByteWriter, tagByte: number, name: string, value: AttributeValue | undefined): void {
  const start = open(to, tagByte, 1)
  to.bytes(encodedName(name).key)
  writeValue(to, valueTag, value)
  close(to, start, 1)
}

/** `key` is KeyValue.key. The others are the head of an attribute with one text, and with a list of one text. */
const encodedName = encodedNames((name) => {
  const key = written((to) => text(to, [tag(1, delimited)], noKey, name))
  return { key, textHead: emptyHead(attributeTags, key), listHead: emptyHead(listTags, key) }
})

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
