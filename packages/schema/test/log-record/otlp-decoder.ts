import { fromJsonText } from '../../src/event/from-json-text.ts'

// Two decoders of an OTLP logs request, after opentelemetry-proto 1.11.0. They are as strict as the strictest
// receiver that we know, because one refused value can cost a whole request.

/** A log record as it arrives. */
export interface Received {
  timeUnixNano: bigint
  observedTimeUnixNano: bigint
  severityNumber: number
  eventName: string
  body: unknown
  attributes: Record<string, unknown>
}

/** Common protobuf decoders refuse messages nested deeper. */
const deepestMessage = 100

function refuse(why: string): never {
  throw new Error(`refused: ${why}`)
}

/** The records of an `http/json` request. */
export function decodeJson(body: Uint8Array): Received[] {
  const request = fromJsonText(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonRequest
  return request.resourceLogs.flatMap((resourceLogs) =>
    resourceLogs.scopeLogs.flatMap((scopeLogs) => scopeLogs.logRecords.map(jsonRecord)),
  )
}

interface JsonRequest {
  resourceLogs: { scopeLogs: { logRecords: JsonRecord[] }[] }[]
}

interface JsonRecord {
  timeUnixNano: unknown
  observedTimeUnixNano: unknown
  severityNumber: number
  eventName: string
  body: object
  attributes: { key: string; value: object }[]
}

function jsonRecord(record: JsonRecord): Received {
  return {
    timeUnixNano: nanos(record.timeUnixNano),
    observedTimeUnixNano: nanos(record.observedTimeUnixNano),
    severityNumber: record.severityNumber,
    eventName: record.eventName,
    body: jsonValue(record.body),
    attributes: jsonMembers(record.attributes),
  }
}

function nanos(value: unknown): bigint {
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) refuse(`time ${value}`)
  return uint64(BigInt(value as string))
}

function uint64(value: bigint): bigint {
  return value < 2n ** 64n ? value : refuse(`${value} is more than 64 bits`)
}

function jsonMembers(pairs: { key: string; value: object }[]): Record<string, unknown> {
  return unique(pairs.map(({ key, value }) => [utf16(key), jsonValue(value)]))
}

function jsonValue(any: object): unknown {
  const [member, ...more] = Object.entries(any)
  if (!member) return null
  if (more.length > 0) refuse('a value of two types')
  const [type, value] = member
  switch (type) {
    case 'stringValue':
      return utf16(value)
    case 'boolValue':
      return typeof value === 'boolean' ? value : refuse('boolValue')
    case 'intValue':
      // Above 2^53 the digits of the text differ from those of the value.
      return Number.isSafeInteger(value) ? value : refuse(`intValue ${value}`)
    case 'doubleValue':
      return Number.isFinite(value) ? value : refuse(`doubleValue ${value}`)
    case 'arrayValue':
      return value.values.map(jsonValue)
    case 'kvlistValue':
      return jsonMembers(value.values)
    default:
      return refuse(type)
  }
}

function utf16(value: unknown): string {
  return typeof value === 'string' && value.isWellFormed() ? value : refuse(`text ${JSON.stringify(value)}`)
}

function unique(entries: (readonly [string, unknown])[]): Record<string, unknown> {
  const members = Object.fromEntries(entries)
  return Object.keys(members).length === entries.length ? members : refuse('a key twice')
}

type Field = [number: number, value: bigint | Uint8Array]

/** The records of an `http/protobuf` request. */
export function decodeProtobuf(body: Uint8Array): Received[] {
  return messages(body, 1, 1).flatMap((resourceLogs) =>
    messages(resourceLogs, 2, 2).flatMap((scopeLogs) =>
      messages(scopeLogs, 2, 3).map((record) => protobufRecord(record, 4)),
    ),
  )
}

function protobufRecord(bytes: Uint8Array, depth: number): Received {
  const fields = read(bytes, depth)
  const one = (number: number) => fields.find(([field]) => field === number)?.[1]
  for (const [number] of fields)
    if (![1, 2, 5, 6, 7, 8, 11, 12].includes(number)) refuse(`LogRecord field ${number}`)
  if (one(7)) refuse('attributes were dropped')
  return {
    timeUnixNano: integer(one(1) ?? 0n),
    observedTimeUnixNano: integer(one(11) ?? 0n),
    severityNumber: Number(integer(one(2) ?? 0n)),
    eventName: utf8(one(12)),
    body: protobufValue(raw(one(5)), depth + 1),
    attributes: protobufMembers(messages(bytes, 6, depth), depth + 1),
  }
}

function protobufMembers(pairs: Uint8Array[], depth: number): Record<string, unknown> {
  return unique(
    pairs.map((pair) => {
      const fields = new Map(read(pair, depth))
      return [utf8(fields.get(1)), protobufValue(raw(fields.get(2)), depth + 1)] as const
    }),
  )
}

function protobufValue(bytes: Uint8Array, depth: number): unknown {
  const [field, ...more] = read(bytes, depth)
  if (!field) return null
  if (more.length > 0) refuse('a value of two types')
  const [number, value] = field
  switch (number) {
    case 1:
      return utf8(value)
    case 2:
      return integer(value) === 1n
    case 3:
      return Number(BigInt.asIntN(64, integer(value)))
    case 4: {
      const view = new DataView(new ArrayBuffer(8))
      view.setBigUint64(0, integer(value))
      return view.getFloat64(0)
    }
    case 5:
      return messages(raw(value), 1, depth + 1).map((item) => protobufValue(item, depth + 2))
    case 6:
      return protobufMembers(messages(raw(value), 1, depth + 1), depth + 2)
    default:
      return refuse(`AnyValue field ${number}`)
  }
}

function messages(bytes: Uint8Array, number: number, depth: number): Uint8Array[] {
  return read(bytes, depth)
    .filter(([field]) => field === number)
    .map(([, value]) => raw(value))
}

function raw(value: Field[1] | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : refuse('wire type')
}

function integer(value: Field[1]): bigint {
  return typeof value === 'bigint' ? value : refuse('wire type')
}

function utf8(value: Field[1] | undefined): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw(value))
}

/** The fields of one message: varints and fixed integers as bigint, the rest as bytes. */
function read(bytes: Uint8Array, depth: number): Field[] {
  if (depth > deepestMessage) refuse('nested too deep')
  const fields: Field[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) return refuse('varint')
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return uint64(value)
    }
  }

  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    switch (tag & 7) {
      case 0:
        fields.push([number, varint()])
        break
      case 1:
        fields.push([number, view.getBigUint64(at, true)])
        at += 8
        break
      case 2: {
        const length = Number(varint())
        if (at + length > bytes.length) refuse('cut off')
        fields.push([number, bytes.subarray(at, at + length)])
        at += length
        break
      }
      case 5:
        fields.push([number, BigInt(view.getUint32(at, true))])
        at += 4
        break
      default:
        refuse(`wire type ${tag & 7}`)
    }
  }
  return fields
}
