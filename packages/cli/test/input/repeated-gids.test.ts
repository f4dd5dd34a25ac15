import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recentGids } from '../../src/input/reader/recent-gids.ts'

const gid = fc.oneof(
  fc.nat(40).map(String),
  fc.bigInt(1n, 10n ** 18n - 1n).map(String),
  fc.constantFrom('', '0', '007', '7', '1000000000', '999999999999999999', '9999999999999999999', 'é', '-1'),
  fc.string(),
)

test('a gid is reported as a repeat if and only if it was read before', () => {
  fc.assert(
    fc.property(fc.array(gid, { maxLength: 60 }), (gids) => {
      const wasRead = recentGids()
      const seen = new Set<string>()
      for (const one of gids) {
        expect(wasRead(one)).toBe(seen.has(one))
        seen.add(one)
      }
    }),
    { numRuns: 40 },
  )
})

test('at least the last 1.5 million gids are remembered, and at most 3 million', () => {
  const wasRead = recentGids()
  const first = 1_209_000_000_000_000
  for (let index = 0; index < 3_100_000; index += 1) {
    if (wasRead(String(first + index))) expect.fail(`${index} was not there before`)
  }
  expect(wasRead(String(first + 1_600_000))).toBe(true)
  expect(wasRead(String(first))).toBe(false)
})
