import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOfSize } from '../src/verify/parts-of-size.ts'

test('of a short list every part is given, whichever items are left out', () => {
  const isIn = fc.array(fc.boolean(), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(isIn, (chosen) => {
      const list = chosen.map((_, index) => index)
      const part = list.filter((index) => chosen[index])
      fc.pre(part.length > 0)
      expect([...partsOfSize(list, part.length, () => true)]).toContainEqual(part)
    }),
  )
})

test('of a long list only parts whose items follow each other are given, and not those that may not begin so', () => {
  const list = Array.from({ length: 2_000 }, (_, index) => index)
  const parts = [...partsOfSize(list, 1_997, (index) => index < 2)]
  expect(parts.map(([first]) => first)).toEqual([0, 1])
  for (const part of parts) expect(part.at(-1)! - part[0]!).toBe(1_996)
})

test('a small part of a long list is not looked for one item after the other: the list may be of any length', () => {
  const list = Array.from({ length: 20_000 }, (_, index) => index)
  expect([...partsOfSize(list, 1, () => true)]).toHaveLength(list.length)
})

test('no more than a million items are looked at, however small the part', () => {
  const list = Array.from({ length: 300 }, (_, index) => index)
  const parts = [...partsOfSize(list, 2, () => false)]
  expect(parts.length * list.length).toBeLessThanOrEqual(1_000_000)
})

test('a list that is too short has no part', () => {
  expect([...partsOfSize([1, 2], 3, () => true)]).toEqual([])
})
