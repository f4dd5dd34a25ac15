import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readExportResponse } from '../../src/answers/export-response.ts'

const read = (body: Buffer | string, type = ''): ReturnType<typeof readExportResponse> =>
  readExportResponse({ status: 200, headers: { 'content-type': type }, body: Buffer.from(body) })

/** A partial success in protobuf, `length` bytes long (below 128), with one rejected record. */
function partialSuccess(length: number): Buffer {
  const text = Buffer.alloc(length - 4, 'x')
  return Buffer.concat([Buffer.from([0x0a, length, 0x08, 1, 0x12, text.length]), text])
}

describe('a response of a receiver', () => {
  test('in JSON is read as the official deserializer reads it', () => {
    const response = fc.record({ rejectedLogRecords: fc.nat(), errorMessage: fc.string() })
    fc.assert(
      fc.property(response, (partialSuccess) => {
        const body = JSON.stringify({ partialSuccess })
        const official = JsonLogsSerializer.deserializeResponse(Buffer.from(body)).partialSuccess
        expect(read(body)).toEqual({
          rejectedRecords: official?.rejectedLogRecords,
          message: official?.errorMessage,
        })
      }),
    )
  })

  test('in protobuf is read as the official deserializer reads it', () => {
    const message = fc
      .string({ maxLength: 30, unit: 'grapheme' })
      .filter((text) => Buffer.byteLength(text) < 120)
    fc.assert(
      fc.property(fc.nat(127), message, (rejected, text) => {
        const utf8 = Buffer.from(text)
        const partial = Buffer.concat([Buffer.from([0x08, rejected, 0x12, utf8.length]), utf8])
        const body = Buffer.concat([Buffer.from([0x0a, partial.length]), partial])
        const official = ProtobufLogsSerializer.deserializeResponse(body).partialSuccess
        expect(read(body)).toEqual({
          rejectedRecords: Number(official?.rejectedLogRecords),
          message: official?.errorMessage,
        })
      }),
    )
  })
})

test.each(['application/x-protobuf', 'Application/X-Protobuf; v=1', 'text/plain', ''])(
  'a partial success in protobuf is recognised at any length with the type "%s"',
  (type) => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 127 }), (length) => {
        expect(read(partialSuccess(length), type)).toEqual({
          rejectedRecords: 1,
          message: 'x'.repeat(length - 4),
        })
      }),
      // 123 is the character "{".
      { examples: [[123]], numRuns: 200 },
    )
  },
)

test('an incomplete answer is recognised in either encoding and with any type', () => {
  const whole = fc.constantFrom(
    Buffer.from('{"partialSuccess":{"rejectedLogRecords":"3"}}'),
    Buffer.from('\n{\n  "partialSuccess": {}\n}'),
    partialSuccess(20),
    partialSuccess(123),
  )
  const type = fc.constantFrom('application/json', 'application/x-protobuf', 'text/plain', '')
  fc.assert(
    fc.property(whole, fc.nat(), type, (body, cut, claimed) => {
      const left = body.subarray(0, 1 + (cut % (body.length - 1)))
      // Without the white space at its end, a JSON value is still complete.
      fc.pre(left.toString().trim() !== body.toString().trim())
      expect(read(left, claimed)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

describe('an empty body', () => {
  test.each(['', 'application/x-protobuf', 'text/plain; charset=utf-8', 'application/octet-stream'])(
    'is a complete answer with the type "%s"',
    (type) => {
      expect(read('', type)).toEqual({ rejectedRecords: 0, message: '' })
    },
  )
  test.each(['application/json', 'Application/JSON; charset=utf-8', 'text/html'])(
    'is not an answer with the type "%s"',
    (type) => {
      expect(read('', type)).toBeUndefined()
    },
  )
})

test('an answer is read only as the type that it names', () => {
  expect(read(partialSuccess(20), 'application/json')).toBeUndefined()
  expect(read('{}', 'application/x-protobuf')).toBeUndefined()
})

describe('a body that is not a response of a receiver is not accepted', () => {
  test('if it is HTML, with any text before it', () => {
    const page = fc
      .tuple(fc.string({ maxLength: 20 }), fc.string())
      .map(([before, text]) => `${before}<html>${text}`)
    fc.assert(
      fc.property(page, (body) => {
        expect(read(body)).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('if it is printable text', () => {
    const printable = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(printable, (body) => {
        // Only one printable text is a response: an empty object.
        fc.pre(!/^ *\{ *\} *$/.test(body))
        expect(read(body)).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('if it is a page that looks like one of the protobuf fields', () => {
    // Field 1, 32 bytes long, of which each two are a field 4.
    expect(read(`\n${' '.repeat(33)}`)).toBeUndefined()
    const laidOut = fc.string({
      unit: fc.constantFrom(' ', '\n', '\r', '\t', '<', 'm', 'H', '2'),
      maxLength: 60,
    })
    fc.assert(
      fc.property(laidOut, (text) => {
        expect(read(`\n${text}`)).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('if its type is HTML', () => {
    expect(read('{}', 'text/html')).toBeUndefined()
    expect(read('<x/>', 'Application/XHTML+xml')).toBeUndefined()
  })
})

describe('every part of an answer is checked', () => {
  /** A field of the outer message, length-delimited. */
  const outer = (...message: number[]): Buffer => Buffer.from([0x0a, message.length, ...message])
  const text = (value: string): number[] => [...Buffer.from(value)]

  test.each<[string, Buffer | string, rejected: number, message: string]>([
    ['JSON with only a number', '{"partialSuccess":{"rejectedLogRecords":"3"}}', 3, ''],
    ['JSON with only a message', '{"partialSuccess":{"errorMessage":"slow"}}', 0, 'slow'],
    ['JSON whose partial success is not set', '{"partialSuccess":null}', 0, ''],
    ['JSON with another field', '{"partialSuccess":{"rejectedLogRecords":1},"x":1}', 1, ''],
    ['protobuf with only a number', outer(0x08, 3), 3, ''],
    ['protobuf with only a message', outer(0x12, 4, ...text('slow')), 0, 'slow'],
    ['protobuf with an empty partial success', outer(), 0, ''],
    ['protobuf with another field', Buffer.concat([outer(0x08, 3), Buffer.from([0x78, 1])]), 3, ''],
    ['protobuf with another field in the partial success', outer(0x08, 3, 0x18, 1), 3, ''],
  ])('%s', (_, body, rejectedRecords, message) => {
    expect(read(body)).toEqual({ rejectedRecords, message })
  })

  test.each<[string, Buffer | string]>([
    ['JSON with half a record', '{"partialSuccess":{"rejectedLogRecords":1.5}}'],
    ['JSON with text for the number', '{"partialSuccess":{"rejectedLogRecords":"many"}}'],
    ['JSON with a number for the message', '{"partialSuccess":{"errorMessage":7}}'],
    ['JSON with a list for a partial success', '{"partialSuccess":[]}'],
    ['JSON that is null', 'null'],
    ['JSON that is a list', '[]'],
    ['JSON of another kind', '{"code":0}'],
    [
      'protobuf with eight bytes for a partial success',
      Buffer.from([0x09, 0x08, 1, 0x12, 4, ...text('slow')]),
    ],
    ['protobuf with text for the number', outer(0x0a, 1, ...text('5'))],
    ['protobuf with four bytes for the message', outer(0x15, ...text('slow'))],
    [
      'protobuf with two partial successes, one without known fields',
      Buffer.concat([outer(0x18, 1), outer(0x08, 3)]),
    ],
  ])('it is not the answer of a receiver if it is %s', (_, body) => {
    expect(read(body)).toBeUndefined()
  })

  test('a type that only begins like that of JSON is not JSON', () => {
    expect(read(partialSuccess(20), 'application/json-seq')).toMatchObject({ rejectedRecords: 1 })
    expect(read(partialSuccess(20), 'application/json ; charset=utf-8')).toBeUndefined()
  })
})
