import { expect, test } from 'vitest'
import { cutShort, retryAfterMs, waitableMs } from '../../src/http/answers/retry-after.ts'

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
  ['1.25', 1250],
  ['120s', undefined],
  ['1000000000', 1_000_000_000_000],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['Fri, 31 Dec 2049 23:59:59 GMT', Date.parse('2049-12-31T23:59:59Z') - now],
  ['soon', undefined],
])('Retry-After %j asks for %j ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})

test.each([
  [0, 0],
  [599_999, 599_999],
  [600_000, 600_000],
  [600_001, 600_000],
])('of %i ms asked for, %i are waited', (asked, waited) => {
  expect(waitableMs(asked)).toBe(waited)
})

test.each([
  [600_000, ''],
  [600_001, '11 min'],
  [7_199_999, '120 min'],
  [7_200_000, '2 hours'],
  [172_800_000, '2 days'],
  [63_115_200_000, '2 years'],
  [63_115_199_999, '731 days'],
])('a wait of %i ms is said as "%s"', (asked, words) => {
  expect(cutShort(asked)).toBe(words && ` It asked to wait ${words}; waiting 10 min.`)
})
