import { expect, test } from 'vitest'
import { parseDuration, parseTime } from '../../src/config/times/time.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

test.each([
  ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00Z'],
  ['2026-01-31T08:00:00.123456789+02:00', '2026-01-31T08:00:00.123456789+02:00'],
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['31d', '2026-01-29T12:00:00.000Z'],
  ['12h', '2026-03-01T00:00:00.000Z'],
  [' 2w ', '2026-02-15T12:00:00.000Z'],
])('the TIME %s is %s', (text, expected) => {
  expect(parseTime(text, now)).toBe(expected)
})

test.each([
  '',
  'yesterday',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '31',
  '-1d',
  '2026-01-31 08:00',
  '99999w',
  '1e3d',
])('%s is not a TIME', (text) => {
  expect(parseTime(text, now)).toBeUndefined()
})

test('durations have a unit', () => {
  expect(['200ms', '10s', '1.5m', '2h'].map(parseDuration)).toEqual([200, 10_000, 90_000, 7_200_000])
  expect(['10', 's', '10 s', '-10s', '10y'].map(parseDuration)).toEqual(Array(5).fill(undefined))
})
