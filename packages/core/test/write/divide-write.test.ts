import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideWrite } from '../../src/write/divide-write.ts'

const indexes = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 40 })
const rejections = fc.oneof(
  fc.record({ at: fc.nat(60), accepted: fc.nat(5) }),
  fc.record({ at: fc.nat(60) }),
  fc.record({ at: fc.constantFrom('none-taken' as const, 'some-taken' as const), affected: fc.nat(60) }),
  fc.record({ at: fc.constantFrom('none-taken' as const, 'some-taken' as const) }),
)

test('every index is in one list, in order, and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(indexes, { minLength: 1, maxLength: 4 }),
      rejections,
      fc.boolean(),
      (writes, rejection, resends) => {
        const { accepted, refused, uncertain, writes: left } = divideWrite(writes, rejection, resends)
        expect([...accepted, ...uncertain, ...refused, ...left.flat()]).toEqual(writes.flat())
        expect(left.every(({ length }) => length > 0)).toBe(true)
        if (resends) expect(uncertain).toEqual([])
      },
    ),
  )
})

test('a refused record is set aside by itself: what is before it was taken, what is behind it is sent', () => {
  const write = [10, 11, 12, 13, 14]
  expect(divideWrite([write, [20]], { at: 2 }, false)).toEqual({
    accepted: [10, 11],
    refused: [12],
    uncertain: [],
    writes: [[13, 14], [20]],
  })
  // What was taken before is gone from the write, and is counted by the index all the same.
  expect(divideWrite([write], { at: 4, accepted: 3 }, false)).toMatchObject({ accepted: [10], refused: [11] })
  expect(divideWrite([write], { at: 1, accepted: 3 }, false)).toMatchObject({ accepted: [], refused: [10] })
})

test('a write of which nothing was taken is sent again in halves, and a record by itself is refused', () => {
  for (const rejection of [{}, { at: 'none-taken' }] as const) {
    const halves = { accepted: [], refused: [], uncertain: [], writes: [[1, 2], [3], [9]] }
    expect(divideWrite([[1, 2, 3], [9]], rejection, false)).toEqual(halves)
    expect(divideWrite([[1], [9]], rejection, false)).toMatchObject({ refused: [1], writes: [[9]] })
  }
  const some = { at: 'none-taken', affected: 2 } as const
  expect(divideWrite([[1, 2, 3]], some, false).writes).toEqual([[1], [2], [3]])
})

test('each rejection decides about a record, or leaves a smaller write to send', () => {
  fc.assert(
    fc.property(indexes, rejections, fc.boolean(), (write, rejection, resends) => {
      const { writes } = divideWrite([write], rejection, resends)
      const isDecided = writes.flat().length < write.length
      const isSmaller = (writes[0]?.length ?? 0) < write.length
      // An index behind the write says that all of it was taken.
      expect(isDecided || isSmaller).toBe(true)
    }),
  )
})

test('of a write of which an unknown part was taken nothing is sent again, unless asked to', () => {
  const write = [1, 2, 3, 4]
  const rejection = { at: 'some-taken', affected: 3 } as const
  expect(divideWrite([write], rejection, false)).toMatchObject({ uncertain: [1, 2, 3], writes: [[4]] })
  expect(divideWrite([write], rejection, true)).toMatchObject({ uncertain: [], writes: [[1, 2], [3], [4]] })
  expect(divideWrite([[1]], { at: 'some-taken' }, true)).toMatchObject({ refused: [1], writes: [] })
})
