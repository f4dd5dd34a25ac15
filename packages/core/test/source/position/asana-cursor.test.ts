import { expect, test } from 'vitest'
import { encodePosition, onlyOffsetMoved } from '../../../src/source/position/asana-cursor.ts'

const at = { offset: 'a', startAt: '2026-11-01T00:00:00Z', newest: '2026-11-02T00:00:00Z', still: 0 }
const moved = { ...at, offset: 'b' }

test.each([
  ['a page without events', moved, true],
  ['nothing at all', at, true],
  ['the end of the log, reached again', { ...moved, endReachedAt: '2026-11-02T00:15:00Z' }, true],
  ['an event', { ...moved, newest: '2026-11-02T00:00:01Z' }, false],
  ['another event of the same time', { ...moved, still: 1 }, false],
  ['a re-read', { ...moved, settledAt: '2026-11-02T00:15:00Z' }, false],
  ['a new start by time', { ...moved, startAt: at.newest, begunAt: at.startAt }, false],
])('after %s, whether only the offset moved', (_, now, expected) => {
  expect(onlyOffsetMoved(encodePosition(at), encodePosition(now))).toBe(expected)
})
