import { hourMs } from '@asana-audit/core/ledger'
import { expect, test } from 'vitest'
import { gidsByHour } from '../../../src/pipelines/verify/gids-by-hour.ts'

const start = Date.parse('2026-01-02T03:00:00Z')
const until = start + 89 * 24 * hourMs

test('a gid that a re-read of the last hour repeats is not new', () => {
  const isFirst = gidsByHour(until)
  expect(isFirst('1', start + 1)).toBe(true)
  expect(isFirst('2', start + hourMs)).toBe(true)
  expect(isFirst('3', start + 2 * hourMs)).toBe(true)
  for (const gid of ['1', '2', '3']) expect(isFirst(gid, start + 1)).toBe(false)
})

test('a gid that no re-read can repeat is forgotten', () => {
  const isFirst = gidsByHour(until)
  for (let hour = 0; hour <= 3; hour += 1) isFirst(String(hour), start + hour * hourMs)
  expect(isFirst('1', start + hourMs)).toBe(false)
  expect(isFirst('0', start)).toBe(true)
})

test('an event with a date in the future does not make older gids forgotten', () => {
  const isFirst = gidsByHour(until)
  isFirst('1', start)
  isFirst('2', until + 7_000 * hourMs)
  expect(isFirst('1', start)).toBe(false)
})
