import { type FaultShape, fault } from '@asana-audit/core'
import {
  ByteWriter,
  type EncodedRequest,
  locateFault,
  type RequestFormat,
  splitIntoRequests,
} from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Records between brackets with how many bytes are between them, as `3<a-b>`. */
const format: RequestFormat<string> = {
  room: 10,
  opening: (bytes) => Buffer.from(`${bytes}<`),
  separator: Buffer.from('-'),
  closing: Buffer.from('>'),
  into: (to: ByteWriter) => (record) => {
    to.text(record)
    if (record === 'bad') throw fault({ fault: 'rejected', code: 'unencodable', message: 'cannot', at: 0 })
  },
}

const recordsOf = ({ bytes, records }: EncodedRequest): string[] => {
  const text = Buffer.from(bytes).toString()
  const [, length, inner] = /^(\d+)<(.*)>$/.exec(text)!
  expect(Buffer.byteLength(inner!)).toBe(Number(length))
  const parts = inner!.split('-')
  expect(parts).toHaveLength(records)
  return parts
}

test('every record is in one request, in order; no request is over a limit, and none could be longer', () => {
  const record = fc.integer({ min: 1, max: 40 }).map((length) => 'é'.repeat(length))
  const limits = fc.record({
    maxRecords: fc.integer({ min: 1, max: 40 }),
    maxBytes: fc.integer({ min: 1, max: 1_000 }),
  })
  const property = fc.property(fc.array(record, { maxLength: 60 }), limits, (records, limit) => {
    const requests = [...splitIntoRequests(records, format, limit)].map(recordsOf)
    expect(requests.flat()).toEqual(records)
    const most = (request: string[]): number =>
      format.room + Buffer.byteLength(request.join('-')) + format.closing.length
    for (const [index, request] of requests.entries()) {
      expect(request.length).toBeLessThanOrEqual(limit.maxRecords)
      if (request.length > 1) expect(most(request)).toBeLessThanOrEqual(limit.maxBytes)
      const [next] = requests[index + 1] ?? []
      if (next === undefined) continue
      expect(request.length === limit.maxRecords || most([...request, next]) > limit.maxBytes).toBe(true)
    }
  })
  fc.assert(property, { numRuns: 300 })
})

test('the bytes of a request do not change while the next ones are encoded', () => {
  const long = Array.from({ length: 200 }, (_, index) => String(index).repeat(500))
  const cuts = [...splitIntoRequests(long, format, { maxRecords: 60, maxBytes: 20_000 })]
  expect(cuts.length).toBeGreaterThan(10)
  expect(cuts.flatMap(recordsOf)).toEqual(long)
})

test('a buffer pool can be used again', () => {
  const lender = new ByteWriter()
  for (const length of [500, 3, 40]) {
    const records = Array.from({ length: 200 }, (_, index) => String(index).repeat(length))
    const requests = splitIntoRequests(records, format, { maxRecords: 60, maxBytes: 20_000 }, lender)
    expect(Array.from(requests, recordsOf).flat()).toEqual(records)
  }
})

test('records are encoded when their request is read', () => {
  const written: string[] = []
  const requests = splitIntoRequests(
    ['a', 'b', 'c', 'd'],
    {
      ...format,
      into: (to) => (record: string) => {
        written.push(record)
        to.text(record)
      },
    },
    { maxRecords: 2, maxBytes: 100 },
  )
  requests.next()
  expect(written).toEqual(['a', 'b'])
})

test('a record that cannot be encoded is reported with its index after the request of those before it', () => {
  const requests = splitIntoRequests(['a', 'b', 'c', 'bad', 'd'], format, { maxRecords: 2, maxBytes: 100 })
  const seen: string[][] = []
  const read = (): void => {
    for (const request of requests) seen.push(recordsOf(request))
  }
  expect(read).toThrow(expect.objectContaining({ code: 'unencodable', at: 3, accepted: 3 }))
  expect(seen).toEqual([['a', 'b'], ['c']])
})

describe('a fault of one request, in the middle of a write', () => {
  const located = (shape: FaultShape): object => ({
    ...locateFault(fault({ ...shape, message: '' }), 10, 5),
  })
  const rejected = { fault: 'rejected', code: 'x' } as const

  test.each<[string, FaultShape, object]>([
    [
      'about one of its records',
      { ...rejected, at: 'none-taken' },
      { ...rejected, at: 'none-taken', accepted: 10, affected: 5 },
    ],
    ['about the third', { ...rejected, at: 2, accepted: 2 }, { ...rejected, at: 12, accepted: 12 }],
    [
      'about what follows a prefix',
      { ...rejected, at: 'none-taken', accepted: 2 },
      { ...rejected, at: 'none-taken', accepted: 12, affected: 3 },
    ],
    ['that passes', { fault: 'temporary', code: 'x' }, { fault: 'temporary', code: 'x', accepted: 10 }],
    [
      'that may be one record',
      { fault: 'temporary', code: 'x', isolateAfter: 8 },
      { fault: 'temporary', code: 'x', isolateAfter: 8, accepted: 10 },
    ],
    [
      'of the set-up',
      { fault: 'fatal', code: 'x', accepted: 1 },
      { fault: 'fatal', code: 'x', accepted: 11 },
    ],
  ])('%s', (_, shape, expected) => {
    expect(located(shape)).toEqual(expected)
  })
})
