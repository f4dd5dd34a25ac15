// Reads OTLP logs (opentelemetry-proto 1.x: logs.proto, common.proto) from each of its encodings into one form. Written for
// these tests from the specification, and as strict as decoders in the field.

export interface ReceivedLog {
  readonly eventName: string
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly body: unknown
  /** Entries in the order they came; a key twice is refused. */
  readonly attributes: ReadonlyMap<string, unknown>
  readonly resource: ReadonlyMap<string, unknown>
  readonly scope: string
}

/** `http/json`, and each line of an OTLP JSON file. */
export function logsFromJson(bytes: Uint8Array): ReceivedLog[] {
  const request = JSON.parse(utf8(bytes)) as JsonRequest
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((log) => ({
        eventName: text(log.eventName),
        timeUnixNano: fixed64(log.timeUnixNano),
        observedTimeUnixNano: fixed64(log.observedTimeUnixNano),
        severityNumber: log.severityNumber,
        body: jsonValue(log.body),
        attributes: jsonMap(log.attributes),
        resource: jsonMap(resource.attributes),
        scope: text(scope.name),
      })),
    ),
  )
}

interface JsonRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly JsonPair[] }
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: unknown }
      readonly logRecords: readonly {
        readonly eventName: unknown
        readonly timeUnixNano: unknown
        readonly observedTimeUnixNano: unknown
        readonly severityNumber: number
        readonly body: object
        readonly attributes: readonly JsonPair[]
      }[]
    }[]
  }[]
}

interface JsonPair {
  readonly key: unknown
  readonly value: object
}

function jsonMap(pairs: readonly JsonPair[]): Map<string, unknown> {
  return unique(pairs.map(({ key, value }) => [text(key), jsonValue(value)]))
}

function jsonValue(any: object): unknown {
  const members = Object.entries(any) as [string, unknown][]
  if (members.length > 1) throw new Error('an AnyValue with two values')
  const [type, value] = members[0] ?? ['', null]
  switch (type) {
    case '':
      return null
    case 'stringValue':
      return text(value)
    case 'boolValue':
      if (typeof value !== 'boolean') throw new Error('boolValue')
      return value
    case 'intValue':
      return integer(BigInt.asIntN(64, BigInt(value as string | number)), BigInt(value as string | number))
    case 'doubleValue':
      if (typeof value !== 'number') throw new Error('doubleValue')
      return value
    case 'arrayValue':
      return (value as { values: object[] }).values.map(jsonValue)
    case 'kvlistValue':
      return Object.fromEntries(jsonMap((value as { values: JsonPair[] }).values))
    default:
      throw new Error(`AnyValue ${type}`)
  }
}

function integer(value: bigint, written: bigint): number {
  if (value !== written) throw new Error('an integer past 64 bits')
  return Number(value)
}

/** Strict decoders refuse half a surrogate pair, which JSON could write as an escape. */
function text(value: unknown): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw new Error(`text ${JSON.stringify(value)}`)
  return value
}

function fixed64(value: unknown): bigint {
  const number = BigInt(text(value))
  if (number < 0n || number >= 2n ** 64n) throw new Error(`time ${number}`)
  return number
}

function unique(entries: readonly (readonly [string, unknown])[]): Map<string, unknown> {
  const map = new Map(entries)
  if (map.size !== entries.length) throw new Error('a key twice')
  return map
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

type WireValue = bigint | Buffer
type Message = ReadonlyMap<number, readonly WireValue[]>

/** `http/protobuf`. */
export function logsFromProtobuf(bytes: Buffer): ReceivedLog[] {
  return messages(message(bytes), 1).flatMap((resourceLogs) => {
    const resource = protobufMap(messages(resourceLogs, 1)[0] ?? new Map(), 1)
    return messages(resourceLogs, 2).flatMap((scopeLogs) => {
      const scope = string(messages(scopeLogs, 1)[0] ?? new Map(), 1)
      return messages(scopeLogs, 2).map((log) => ({
        eventName: string(log, 12),
        timeUnixNano: nanos(log, 1),
        observedTimeUnixNano: nanos(log, 11),
        severityNumber: Number(last(log, 2) ?? 0n),
        body: protobufValue(messages(log, 5)[0] ?? new Map()),
        attributes: protobufMap(log, 6),
        resource,
        scope,
      }))
    })
  })
}

function message(bytes: Buffer): Message {
  const fields = new Map<number, WireValue[]>()
  let at = 0

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new Error('a varint without an end')
  }
  function take(length: number): Buffer {
    const end = at + length
    if (end > bytes.length) throw new Error('a field longer than its message')
    const taken = bytes.subarray(at, end)
    at = end
    return taken
  }

  while (at < bytes.length) {
    const key = Number(varint())
    const wireType = key & 7
    const number = key >>> 3
    let value: WireValue
    if (wireType === 0) value = varint()
    else if (wireType === 1) value = take(8)
    else if (wireType === 2) value = take(Number(varint()))
    else if (wireType === 5) value = take(4)
    else throw new Error(`wire type ${wireType}`)
    const values = fields.get(number)
    if (values) values.push(value)
    else fields.set(number, [value])
  }
  return fields
}

function last(of: Message, field: number): WireValue | undefined {
  return of.get(field)?.at(-1)
}

function messages(of: Message, field: number): Message[] {
  return (of.get(field) ?? []).map((bytes) => message(bytes as Buffer))
}

function string(of: Message, field: number): string {
  const bytes = last(of, field)
  return bytes === undefined ? '' : utf8(bytes as Buffer)
}

function nanos(of: Message, field: number): bigint {
  const bytes = last(of, field)
  return bytes === undefined ? 0n : (bytes as Buffer).readBigUInt64LE()
}

function protobufMap(of: Message, field: number): Map<string, unknown> {
  return unique(
    messages(of, field).map((pair) => [string(pair, 1), protobufValue(messages(pair, 2)[0] ?? new Map())]),
  )
}

function protobufValue(any: Message): unknown {
  if (any.size > 1) throw new Error('an AnyValue with two values')
  const [field, values] = [...any][0] ?? [0, []]
  const value = values.at(-1) as WireValue
  switch (field) {
    case 0:
      return null
    case 1:
      return utf8(value as Buffer)
    case 2:
      return value === 1n
    case 3:
      return Number(BigInt.asIntN(64, value as bigint))
    case 4:
      return (value as Buffer).readDoubleLE()
    case 5:
      return messages(message(value as Buffer), 1).map(protobufValue)
    case 6:
      return Object.fromEntries(protobufMap(message(value as Buffer), 1))
    default:
      throw new Error(`AnyValue field ${field}`)
  }
}
