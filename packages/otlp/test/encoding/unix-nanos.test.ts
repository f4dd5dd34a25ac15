import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unixNanoDigits, unixNanoWords } from '../../src/encoding/unix-nanos.ts'

test('nanoseconds since 1970 are exact, as digits and as two 32-bit halves', () => {
  const seconds = fc.oneof(
    fc.nat(18_446_744_072),
    fc.constantFrom(0, 1, 65_535, 65_536, 2 ** 32, 18_446_744_072),
  )
  const nanos = fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 999_999_999))
  fc.assert(
    fc.property(seconds, nanos, (s, n) => {
      const exact = BigInt(s) * 1_000_000_000n + BigInt(n)
      const [low, high] = unixNanoWords([s, n])
      expect((BigInt(high) << 32n) + BigInt(low)).toBe(exact)
      expect(unixNanoDigits([s, n])).toBe(String(exact))
    }),
    { numRuns: 2000 },
  )
})

test.each([
  [-1, 0],
  [0, -1],
  [0, 1e9],
  [0.5, 0],
  [Number.NaN, Number.NaN],
  [18_446_744_073, 0],
])('[%d, %d] is refused, not written as another time', (seconds, nanos) => {
  expect(() => unixNanoWords([seconds, nanos])).toThrow(RangeError)
  expect(() => unixNanoDigits([seconds, nanos])).toThrow(RangeError)
})
