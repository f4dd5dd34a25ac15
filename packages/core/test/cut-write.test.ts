import { cutWrite, fault, locateFault } from '@asana-audit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const encode = (record: string): Uint8Array => {
  if (record === 'bad') throw fault({ fault: 'rejected', code: 'unencodable', message: 'cannot' })
  return Buffer.from(record)
}

const texts = (parts: readonly Uint8Array[]): string[] => parts.map((part) => Buffer.from(part).toString())

test('every record is in one request, in order; none is over a limit, and none could have been longer', () => {
  const record = fc.integer({ min: 1, max: 40 }).map((length) => 'x'.repeat(length))
  const limits = fc.record({
    maxRecords: fc.integer({ min: 1, max: 6 }),
    maxBytes: fc.integer({ min: 1, max: 60 }),
  })
  const property = fc.property(
    fc.array(record),
    limits,
    fc.nat(10),
    (records, { maxRecords, maxBytes }, overhead) => {
      const requests = [...cutWrite(records, encode, { maxRecords, maxBytes, overhead })].map(texts)
      expect(requests.flat()).toEqual(records)
      const size = (request: string[]): number =>
        request.reduce((bytes, one) => bytes + one.length + 1, overhead)
      for (const [index, request] of requests.entries()) {
        expect(request.length).toBeLessThanOrEqual(maxRecords)
        if (request.length > 1) expect(size(request)).toBeLessThanOrEqual(maxBytes)
        const [next] = requests[index + 1] ?? []
        if (next === undefined) continue
        expect(request.length === maxRecords || size([...request, next]) > maxBytes).toBe(true)
      }
    },
  )
  fc.assert(property)
})

test('a record is encoded only when its request is asked for', () => {
  const encoded: string[] = []
  const requests = cutWrite(
    ['a', 'b', 'c', 'd'],
    (record) => {
      encoded.push(record)
      return Buffer.from(record)
    },
    { maxRecords: 2, maxBytes: 100 },
  )
  requests.next()
  expect(encoded).toEqual(['a', 'b', 'c'])
})

test('a record that cannot be encoded comes out with its index, after the request of all before it', () => {
  const requests = cutWrite(['a', 'b', 'c', 'bad', 'd'], encode, { maxRecords: 2, maxBytes: 100 })
  const seen: string[][] = []
  const read = (): void => {
    for (const request of requests) seen.push(texts(request))
  }
  expect(read).toThrow(expect.objectContaining({ code: 'unencodable', at: 3, accepted: 3 }))
  expect(seen).toEqual([['a', 'b'], ['c']])
})

describe('a fault of one request, in the middle of a write', () => {
  const located = (shape: Partial<Parameters<typeof fault>[0]>): object => ({
    ...locateFault(fault({ fault: 'rejected', code: 'x', message: '', ...shape }), 10, 5),
  })
  const rejected = { fault: 'rejected', code: 'x' }

  test.each([
    ['about one of its records', {}, { ...rejected, accepted: 10, affected: 5 }],
    ['about the third', { at: 2, accepted: 2 }, { ...rejected, at: 12, accepted: 12 }],
    [
      'about what follows a prefix',
      { at: 'none-taken', accepted: 2 } as const,
      { ...rejected, at: 'none-taken', accepted: 12, affected: 3 },
    ],
    ['that passes', { fault: 'temporary' } as const, { fault: 'temporary', code: 'x', accepted: 10 }],
    [
      'that may be one record',
      { fault: 'temporary', isolateAfter: 8 } as const,
      { fault: 'temporary', code: 'x', isolateAfter: 8, accepted: 10, affected: 5 },
    ],
    ['of the set-up', { fault: 'fatal', accepted: 1 } as const, { fault: 'fatal', code: 'x', accepted: 11 }],
  ])('%s', (_, shape, expected) => {
    expect(located(shape)).toEqual(expected)
  })
})
