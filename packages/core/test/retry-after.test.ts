import { expect, test } from 'vitest'
import { retryAfterMs } from '../src/retry-after.ts'

const now = Date.parse('2026-11-22T10:00:00Z')

test.each<[string | undefined, number | undefined]>([
  ['0', 0],
  [' 120 ', 120_000],
  ['Sun, 22 Nov 2026 10:00:05 GMT', 5000],
  ['Sunday, 22-Nov-26 10:00:05 GMT', 5000],
  ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
  [undefined, undefined],
  ['', undefined],
  ['-5', undefined],
  ['1.5', 1500],
  ['1000000000', 1_000_000_000_000],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['Fri, 31 Dec 2049 23:59:59 GMT', Date.parse('2049-12-31T23:59:59Z') - now],
  ['soon', undefined],
])('Retry-After %j asks for %j ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})
