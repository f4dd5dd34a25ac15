import type { Rejected } from '@asana-audit/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideWrite, type Write } from '../../src/write/divide-write.ts'

const rejected = { fault: 'rejected', code: 'bad_data' } as const

/** Some writes, and any rejection that keeps to the contract of faults: `accepted` records before the first are gone from it. */
const cases = fc
  .tuple(
    fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 40 }),
    fc.array(fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 40 }), { maxLength: 3 }),
    fc.nat(5),
  )
  .chain(([first, others, accepted]) =>
    fc.tuple(
      fc.constant<readonly [Write, ...Write[]]>([first, ...others]),
      fc.oneof(
        fc.record<Rejected>({
          ...{ fault: fc.constant('rejected'), code: fc.constant('bad_data') },
          ...{ at: fc.integer({ min: accepted, max: accepted + first.length - 1 }) },
          accepted: fc.constant(accepted),
        }),
        fc.record<Rejected>(
          {
            ...{ fault: fc.constant('rejected'), code: fc.constant('bad_data') },
            ...{ at: fc.constantFrom('none-taken', 'some-taken') },
            affected: fc.integer({ min: 1, max: first.length }),
          },
          { requiredKeys: ['fault', 'code', 'at'] },
        ),
      ),
    ),
  )

test('every index is in one list, in order, and none is lost', () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ([writes, rejection], resends) => {
      const { accepted, rejected, uncertain, writes: left } = divideWrite(writes, rejection, resends)
      expect([...accepted, ...uncertain, ...rejected, ...left.flat()]).toEqual(writes.flat())
      expect(left.every(({ length }) => length > 0)).toBe(true)
      if (resends) expect(uncertain).toEqual([])
    }),
  )
})

test('a rejected record is quarantined alone: those before it are accepted, those after it are sent', () => {
  const write = [10, 11, 12, 13, 14]
  expect(divideWrite([write, [20]], { ...rejected, at: 2 }, false)).toEqual({
    accepted: [10, 11],
    rejected: [12],
    uncertain: [],
    writes: [[13, 14], [20]],
  })
  // What was taken before is gone from the write, and is counted by the index all the same.
  const later = divideWrite([write], { ...rejected, at: 4, accepted: 3 }, false)
  expect(later).toMatchObject({ accepted: [10], rejected: [11] })
})

test('a write with none-taken is sent again in halves, and a single record is rejected', () => {
  const none = { ...rejected, at: 'none-taken' } as const
  const halves = { accepted: [], rejected: [], uncertain: [], writes: [[1, 2], [3], [9]] }
  expect(divideWrite([[1, 2, 3], [9]], none, false)).toEqual(halves)
  expect(divideWrite([[1], [9]], none, false)).toMatchObject({ rejected: [1], writes: [[9]] })
  expect(divideWrite([[1, 2, 3]], { ...none, affected: 2 }, false).writes).toEqual([[1], [2], [3]])
})

test('each rejection decides about a record, or leaves a smaller write to send', () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ([[write], rejection], resends) => {
      const { writes } = divideWrite([write], rejection, resends)
      const isDecided = writes.flat().length < write.length
      const isSmaller = (writes[0]?.length ?? 0) < write.length
      expect(isDecided || isSmaller).toBe(true)
    }),
  )
})

test('a write with some-taken is not sent again, unless the option says so', () => {
  const write = [1, 2, 3, 4]
  const some = { ...rejected, at: 'some-taken' } as const
  const part = { ...some, affected: 3 }
  expect(divideWrite([write], part, false)).toMatchObject({ uncertain: [1, 2, 3], writes: [[4]] })
  expect(divideWrite([write], part, true)).toMatchObject({ uncertain: [], writes: [[1, 2], [3], [4]] })
  expect(divideWrite([[1]], some, true)).toMatchObject({ rejected: [1], writes: [] })
})
