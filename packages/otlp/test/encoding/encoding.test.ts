import { ByteWriter } from '@asana-audit/core/sink-kit'
import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonEncoding } from '../../src/encoding/json-encoding.ts'
import type { Origin } from '../../src/encoding/origin.ts'
import { protobufEncoding } from '../../src/encoding/protobuf-encoding.ts'
import { putRecord, splitRecords } from '../../src/encoding/split-into-requests.ts'
import { type DecodedLogs, decodeJson, decodeProtobuf } from '../support/decoded-logs.ts'
import { anyRecord, origin, record } from '../support/records.ts'

type Format = 'protobuf' | 'JSON'

function bytesOf(format: Format, records: readonly AuditLogRecord[], from: Origin = origin): Uint8Array {
  const encoding = format === 'JSON' ? jsonEncoding(from) : protobufEncoding(from)
  const requests = splitRecords(records, putRecord, encoding, { maxBytes: Number.POSITIVE_INFINITY })
  return Buffer.concat(Array.from(requests, ({ bytes }) => Buffer.from(bytes)))
}

function ours(format: Format, records: readonly AuditLogRecord[], from: Origin = origin): DecodedLogs {
  return (format === 'JSON' ? decodeJson : decodeProtobuf)(bytesOf(format, records, from))
}

function officials(format: Format, records: readonly AuditLogRecord[]): DecodedLogs {
  const resource = resourceFromAttributes({ ...origin.resource } as Record<string, string>)
  const { name, version, schemaUrl } = origin.scope
  const instrumentationScope = { name, version: version!, schemaUrl: schemaUrl! }
  const serializer = format === 'JSON' ? JsonLogsSerializer : ProtobufLogsSerializer
  const bytes = serializer.serializeRequest(
    records.map((one) => ({
      hrTime: one.timestamp,
      hrTimeObserved: one.observedTimestamp,
      severityNumber: one.severityNumber,
      body: one.body,
      eventName: one.eventName,
      attributes: one.attributes,
      droppedAttributesCount: 0,
      resource,
      instrumentationScope,
    })),
  )
  return (format === 'JSON' ? decodeJson : decodeProtobuf)(bytes!)
}

/** The official protobuf writes -0 as the integer 0, and unsafe integers as integers; the number is the same. */
function withoutSignOfZero(logs: DecodedLogs): unknown {
  return JSON.parse(
    JSON.stringify(logs, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  )
}

function attribute(format: Format, value: AttributeValue): unknown {
  return ours(format, [record('1', { x: value })]).records[0]!.attributes[1]![1]
}

describe.each<Format>(['protobuf', 'JSON'])('OTLP as %s', (format) => {
  test('means the same as the output of the official serializer, for any record', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), (records) => {
        expect(withoutSignOfZero(ours(format, records))).toEqual(
          withoutSignOfZero(officials(format, records)),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('keeps the sign of zero and every digit of a number', () => {
    for (const value of [-0, 0.1, 1e300, 5e-324, 2 ** 53, -(2 ** 63), 2 ** 53 - 1, -1, 127, 128, 2 ** 31]) {
      expect(attribute(format, value)).toEqual({ number: value })
    }
  })

  test('replaces half a surrogate pair by U+FFFD', () => {
    expect(attribute(format, 'a\ud83db')).toBe('a\ufffdb')
    expect(attribute(format, `${'long '.repeat(20)}\ude00`)).toBe(`${'long '.repeat(20)}\ufffd`)
  })

  test('keeps keys that JavaScript treats as its own', () => {
    const map = JSON.parse('{"__proto__":1,"constructor":2,"":3}') as Record<string, number>
    expect(attribute(format, map)).toEqual({
      map: [
        ['__proto__', { number: 1 }],
        ['constructor', { number: 2 }],
        ['', { number: 3 }],
      ],
    })
  })

  test('carries resource and scope once, and leaves out a version and schema that are not given', () => {
    const bare = ours(format, [record('1')], { resource: {}, scope: { name: 'x' } })
    expect(bare.resource).toEqual([])
    expect(bare.scope).toEqual({ name: 'x', version: '', schemaUrl: '' })
    expect(ours(format, [record('1')]).scope).toEqual(origin.scope)
  })

  test('can hold a record larger than its first buffer', () => {
    const large = '🦄'.repeat(500_000)
    const decoded = ours(format, [record('1', { before: 1, large, after: [large] }), record('2')])
    expect(decoded.records[0]!.attributes[2]![1]).toBe(large)
    expect(decoded.records.map((one) => one.attributes[0]![1])).toEqual(['1', '2'])
  })

  test('can have more attribute names than the encoder caches', () => {
    const names = Array.from({ length: 1_500 }, (_, index) => `name "${index}"`)
    const map = Object.fromEntries(names.map((name) => [name, 1]))
    for (let round = 0; round < 2; round += 1) {
      expect(attribute(format, map)).toEqual({ map: names.map((name) => [name, { number: 1 }]) })
    }
  })

  test.each(['a', 'é', '"', '\\', '\u0000', '\u007f', '\ud83d'])(
    'writes texts of any length that end with %j',
    (last) => {
      for (let length = 0; length < 140; length += 1) {
        const text = 'x'.repeat(length) + last
        expect(attribute(format, text)).toBe(text.toWellFormed())
      }
    },
  )

  test('is correct after a record that could not be encoded', () => {
    const encoding = format === 'JSON' ? jsonEncoding(origin) : protobufEncoding(origin)
    const to = new ByteWriter()
    const { begin, put, end } = encoding.writer(to)
    begin()
    put('x', 'y')
    expect(() => end({ ...record('1'), timestamp: [-1, 0] })).toThrow(RangeError)
    to.length = 0
    begin()
    const { attributes, ...head } = record('2')
    for (const name of Object.keys(attributes)) put(name, attributes[name]!)
    end(head)
    const written = to.buffer.subarray(0, to.length)
    const parts = [encoding.opening(to.length), written, encoding.closing]
    const decoded = (format === 'JSON' ? decodeJson : decodeProtobuf)(Buffer.concat(parts))
    expect(decoded.records).toEqual(ours(format, [record('2')]).records)
  })

  test('writes a value of any kind under its alias too', () => {
    const encoding = format === 'JSON' ? jsonEncoding(origin) : protobufEncoding(origin)
    for (const value of ['x', 'é'.repeat(70), 'long '.repeat(5_000), ['x'], ['x', 'y'], 7, true, null]) {
      const to = new ByteWriter()
      const { begin, put, end } = encoding.writer(to)
      begin()
      put('a.name', value, 'another.name')
      put('last', 'z')
      end(record('1'))
      const parts = [encoding.opening(to.length), to.buffer.subarray(0, to.length), encoding.closing]
      const decoded = (format === 'JSON' ? decodeJson : decodeProtobuf)(Buffer.concat(parts))
      const expected = attribute(format, value)
      expect(decoded.records[0]!.attributes).toEqual([
        ['a.name', expected],
        ['another.name', expected],
        ['last', 'z'],
      ])
    }
  })

  test('has no more bytes before the records than it announces', () => {
    const encoding = format === 'JSON' ? jsonEncoding(origin) : protobufEncoding(origin)
    for (const bytes of [0, 1, 127, 128, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 40]) {
      expect(encoding.opening(bytes).length).toBeLessThanOrEqual(encoding.room)
    }
  })
})

test('OTLP/JSON writes 64-bit integers as strings, and NaN and infinity as proto3 names them', () => {
  const attributes = { i: 5, nan: Number.NaN, far: -Infinity, zero: -0 }
  const json = Buffer.from(bytesOf('JSON', [record('1', attributes)])).toString()
  expect(json).toContain('"timeUnixNano":"1763780645123000000"')
  expect(json).toContain('{"key":"i","value":{"intValue":"5"}}')
  expect(json).toContain('{"key":"nan","value":{"doubleValue":"NaN"}}')
  expect(json).toContain('{"key":"far","value":{"doubleValue":"-Infinity"}}')
  expect(json).toContain('{"key":"zero","value":{"doubleValue":-0}}')
})

test('OTLP/JSON never escapes half a surrogate pair, which strict decoders refuse', () => {
  const broken = { ...record('1', { '\ud83d': 'a\ude00' }), body: '\ud83d', eventName: '\ude00' }
  const json = Buffer.from(bytesOf('JSON', [broken])).toString()
  expect(json).not.toMatch(/\\ud[89a-f]/i)
  expect(json.match(/\ufffd/g)).toHaveLength(4)
})
