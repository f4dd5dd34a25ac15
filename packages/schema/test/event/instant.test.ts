import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInstant, parseInstant, parseMillis } from '../../src/lossless.ts'
import { holds } from '../support/holds.ts'

test.each([
  ['1970-01-01T00:00:00Z', [0, 0]],
  ['1969-12-31T23:59:59.5Z', [-1, 500_000_000]],
  ['2026-01-02T03:04:05.123456789Z', [1_767_323_045, 123_456_789]],
  ['2026-01-02T03:04:05.1234567899Z', [1_767_323_045, 123_456_789]],
  ['2026-01-02T05:04:05+02:00', [1_767_323_045, 0]],
  ['2026-01-01T21:34:05-05:30', [1_767_323_045, 0]],
  ['2026-01-02t03:04:05z', [1_767_323_045, 0]],
  ['2026-01-02 03:04:05Z', [1_767_323_045, 0]],
  ['2016-12-31T23:59:60Z', [1_483_228_800, 0]],
  ['2024-02-29T00:00:00Z', [1_709_164_800, 0]],
  ['9999-12-31T23:59:59Z', [253_402_300_799, 0]],
  ['0001-01-01T00:00:00Z', [-62_135_596_800, 0]],
])('%s is read', (text, instant) => {
  expect(parseInstant(text)).toEqual(instant)
})

test.each([
  '2026-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-02T24:00:00Z',
  '2026-01-02T03:60:00Z',
  '2026-01-02T03:04:61Z',
  '2026-01-02T03:04:05+24:00',
  '2026-01-02T03:04:05',
  '2026-01-02',
  '2026-01-02T03:04:05.Z',
  '2026-01-02T03:04:05Z\n',
  '+002026-01-02T03:04:05Z',
  '1767323045',
  '',
])('%j is no time', (text) => {
  expect(parseInstant(text)).toBeUndefined()
  expect(isInstant(text)).toBe(false)
  expect(parseMillis(text)).toBeUndefined()
})

test('every time that Date can write is read like Date reads it, to the millisecond', () => {
  const dates = fc.date({
    noInvalidDate: true,
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31'),
  })
  holds(dates, (date) => parseMillis(date.toISOString()) === date.getTime(), 1_000)
})

test('the form of Asana is read like every other form of the same time, and refused if the time does not exist', () => {
  const usual = fc
    .date({ noInvalidDate: true, min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31') })
    .map((date) => date.toISOString().slice(0, -1))
  const character = fc.oneof(
    fc.constantFrom(...'0123456789-:. TZ٣'),
    fc.string({ minLength: 1, maxLength: 1 }),
  )
  const spoilt = fc
    .tuple(usual, fc.nat(22), character)
    .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1))
  holds(
    fc.oneof(usual, spoilt),
    (text) => JSON.stringify(parseInstant(`${text}Z`)) === JSON.stringify(parseInstant(`${text}+00:00`)),
    5_000,
  )
})
