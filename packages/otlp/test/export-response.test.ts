import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readExportResponse } from '../src/export-response.ts'

const read = (body: Buffer | string, type = ''): ReturnType<typeof readExportResponse> =>
  readExportResponse({ headers: { 'content-type': type }, body: Buffer.from(body) })

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

describe('what is not a response of a receiver is not taken for one', () => {
  test('for any page, whatever stands before it', () => {
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

  test('for any printable text', () => {
    const printable = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(printable, (body) => {
        // The one printable text that is a response: an empty object.
        fc.pre(!/^ *\{ *\} *$/.test(body))
        expect(read(body)).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('for a page laid out to look like a protobuf field of ours', () => {
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

  test('for a response claimed to be HTML', () => {
    expect(read('{}', 'text/html')).toBeUndefined()
    expect(read('<x/>', 'Application/XHTML+xml')).toBeUndefined()
  })
})
