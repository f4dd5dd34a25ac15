/** Reads OTLP logs back, from either encoding, into one form. Independent of the sources under test. */

type DecodedValue =
  | string
  | boolean
  | null
  | { number: number }
  | DecodedValue[]
  | { map: [key: string, value: DecodedValue][] }

interface DecodedRecord {
  time: bigint
  observed: bigint
  severity: number
  body: DecodedValue
  attributes: [key: string, value: DecodedValue][]
  eventName: string
}

export interface DecodedLogs {
  resource: [key: string, value: DecodedValue][]
  scope: { name: string; version: string; schemaUrl: string }
  records: DecodedRecord[]
}

type Fields = Map<number, (Buffer | bigint)[]>

/** Strict UTF-8: a decoder in another language refuses anything else. */
function text(bytes: Buffer | bigint | undefined): string {
  return bytes === undefined
    ? ''
    : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes as Buffer)
}

function fields(bytes: Buffer): Fields {
  const found: Fields = new Map()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = Number(varint())
    let value: Buffer | bigint
    if (key % 8 === 0) value = varint()
    else {
      const length = key % 8 === 1 ? 8 : key % 8 === 2 ? Number(varint()) : Number.NaN
      if (!(at + length <= bytes.length)) throw new Error(`wire type ${key % 8} at ${at} does not fit`)
      value = bytes.subarray(at, at + length)
      at += length
    }
    const number = Math.floor(key / 8)
    found.set(number, [...(found.get(number) ?? []), value])
  }
  return found
}

const one = (of: Fields, number: number): Buffer | bigint | undefined => of.get(number)?.at(-1)
const all = (of: Fields, number: number): Buffer[] => (of.get(number) ?? []) as Buffer[]

function value(bytes: Buffer): DecodedValue {
  const of = fields(bytes)
  if (of.size > 1) throw new Error('an AnyValue holds one value')
  const [number, [content]] = [...of][0] ?? [0, [0n]]
  switch (number) {
    case 0:
      return null
    case 1:
      return text(content)
    case 2:
      return content === 1n
    case 3:
      return { number: Number(BigInt.asIntN(64, content as bigint)) }
    case 4:
      return { number: (content as Buffer).readDoubleLE() }
    case 5:
      return all(fields(content as Buffer), 1).map(value)
    case 6:
      return { map: all(fields(content as Buffer), 1).map(keyValue) }
  }
  throw new Error(`AnyValue has no field ${number} here`)
}

function keyValue(bytes: Buffer): [string, DecodedValue] {
  const of = fields(bytes)
  return [text(one(of, 1)), value(one(of, 2) as Buffer)]
}

export function decodeProtobuf(bytes: Uint8Array): DecodedLogs {
  const request = fields(Buffer.from(bytes))
  const resourceLogs = fields(one(request, 1) as Buffer)
  const scopeLogs = fields(one(resourceLogs, 2) as Buffer)
  const scope = fields(one(scopeLogs, 1) as Buffer)
  return {
    resource: all(fields(one(resourceLogs, 1) as Buffer), 1).map(keyValue),
    scope: { name: text(one(scope, 1)), version: text(one(scope, 2)), schemaUrl: text(one(scopeLogs, 3)) },
    records: all(scopeLogs, 2).map((bytes) => {
      const of = fields(bytes)
      return {
        time: (one(of, 1) as Buffer).readBigUInt64LE(),
        observed: (one(of, 11) as Buffer).readBigUInt64LE(),
        severity: Number(one(of, 2) ?? 0n),
        body: value(one(of, 5) as Buffer),
        attributes: all(of, 6).map(keyValue),
        eventName: text(one(of, 12)),
      }
    }),
  }
}

interface JsonValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: string | number
  doubleValue?: number
  arrayValue?: { values: JsonValue[] }
  kvlistValue?: { values: JsonKeyValue[] }
}
interface JsonKeyValue {
  key: string
  value: JsonValue
}

function jsonValue(json: JsonValue): DecodedValue {
  if (json.stringValue !== undefined) return json.stringValue.toWellFormed()
  if (json.boolValue !== undefined) return json.boolValue
  if (json.intValue !== undefined) return { number: Number(json.intValue) }
  if (json.doubleValue !== undefined) return { number: json.doubleValue }
  if (json.arrayValue) return json.arrayValue.values.map(jsonValue)
  if (json.kvlistValue) return { map: json.kvlistValue.values.map(jsonKeyValue) }
  return null
}

function jsonKeyValue(json: JsonKeyValue): [string, DecodedValue] {
  return [json.key.toWellFormed(), jsonValue(json.value)]
}

interface JsonLogs {
  resourceLogs: {
    resource: { attributes: JsonKeyValue[] }
    scopeLogs: {
      scope: { name: string; version?: string }
      schemaUrl?: string
      logRecords: {
        timeUnixNano: string
        observedTimeUnixNano: string
        severityNumber: number
        body: JsonValue
        attributes: JsonKeyValue[]
        eventName: string
      }[]
    }[]
  }[]
}

export function decodeJson(bytes: Uint8Array): DecodedLogs {
  const [resourceLogs] = (JSON.parse(text(Buffer.from(bytes))) as JsonLogs).resourceLogs
  const scopeLogs = resourceLogs!.scopeLogs[0]!
  return {
    resource: resourceLogs!.resource.attributes.map(jsonKeyValue),
    scope: {
      name: scopeLogs.scope.name,
      version: scopeLogs.scope.version ?? '',
      schemaUrl: scopeLogs.schemaUrl ?? '',
    },
    records: scopeLogs.logRecords.map((record) => ({
      time: BigInt(record.timeUnixNano),
      observed: BigInt(record.observedTimeUnixNano),
      severity: record.severityNumber,
      body: jsonValue(record.body),
      attributes: record.attributes.map(jsonKeyValue),
      eventName: record.eventName.toWellFormed(),
    })),
  }
}
