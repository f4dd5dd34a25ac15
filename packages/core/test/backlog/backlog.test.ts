import { describe, expect, test } from 'vitest'
import {
  backlogLeft,
  backlogUntil,
  liveUnreadFrom,
  liveUpTo,
  rewoundBacklog,
} from '../../src/backlog/backlog.ts'
import { asanaCursorAt, encodeBackfill, encodePosition } from '../../src/source/position/asana-cursor.ts'

const at = (time: string): string => `2026-05-01T${time}:00.000Z`
const ms = (time: string): number => Date.parse(at(time))

describe('the rest of a backlog', () => {
  test.each([
    ['nothing was read', { startAt: at('10:00'), until: at('12:00') }, '10:00'],
    ['a part was read', { startAt: at('10:00'), newest: at('11:00'), until: at('12:00') }, '11:00'],
  ])('begins where it has got to: %s', (_, position, from) => {
    expect(backlogLeft(encodeBackfill(position))).toEqual({ from: at(from), until: at('12:00') })
  })

  test('is everything if neither start nor end is known', () => {
    expect(backlogLeft(encodeBackfill({}))).toEqual({ from: undefined, until: undefined })
    expect(backlogLeft(encodeBackfill({ startAt: at('10:00') }))).toEqual({
      from: at('10:00'),
      until: undefined,
    })
  })

  test.each([
    ['it has settled', { startAt: at('10:00'), until: at('12:00'), settled: true }],
    ['its start has reached its end', { startAt: at('12:00'), until: at('12:00') }],
    ['its start is behind its end', { startAt: at('12:01'), until: at('12:00') }],
  ])('is nothing once %s', (_, position) => {
    expect(backlogLeft(encodeBackfill(position))).toBeUndefined()
  })

  test('has an end, whether it is read or not', () => {
    expect(backlogUntil(encodeBackfill({ until: at('12:00'), settled: true }))).toBe(at('12:00'))
    expect(backlogUntil(encodeBackfill({}))).toBeUndefined()
  })
})

test('new events have been read up to the newest, or from the start if there was none', () => {
  expect(liveUpTo(encodePosition({ startAt: at('10:00'), newest: at('11:00') }))).toBe(at('11:00'))
  expect(liveUpTo(asanaCursorAt(at('10:00')))).toBe(at('10:00'))
  expect(liveUpTo(encodePosition({}))).toBeUndefined()
})

test('new events are unread from where they were read up to, or later if the log was read to its end since', () => {
  const read = { startAt: at('10:00'), newest: at('11:00') }
  expect(liveUnreadFrom(encodePosition({ ...read, endReachedAt: at('12:00') }))).toBe(at('12:00'))
  expect(liveUnreadFrom(encodePosition({ ...read, endReachedAt: at('10:30') }))).toBe(at('11:00'))
  // A cursor of an earlier version does not say when the end was reached.
  expect(liveUnreadFrom(encodePosition(read))).toBe(at('11:00'))
  expect(liveUnreadFrom(asanaCursorAt(at('10:00')))).toBe(at('10:00'))
})

test.each([backlogLeft, backlogUntil])('a cursor of another kind is refused by %o', (read) => {
  expect(() => read(asanaCursorAt(at('10:00')))).toThrow(expect.objectContaining({ code: 'foreign_cursor' }))
})

describe('a rewound backlog', () => {
  const live = encodePosition({ startAt: at('09:00'), newest: at('14:30') })

  test.each([
    ['before what was reached', '10:00', '10:00'],
    ['exactly to what was reached', '14:30', '14:30'],
    ['behind it, with an hour for late events', '20:00', '13:00'],
  ])('begins where it is asked to, %s', (_, to, from) => {
    expect(rewoundBacklog({ live }, ms(to))).toEqual({
      from: ms(from),
      cursor: encodeBackfill({ startAt: at(from) }),
    })
  })

  test('begins at the requested time if no event was read', () => {
    expect(rewoundBacklog({}, ms('10:00'))).toEqual({
      from: ms('10:00'),
      cursor: encodeBackfill({ startAt: at('10:00') }),
    })
  })

  test('begins at the end of a finished backlog if there is no live lane', () => {
    const backlog = encodeBackfill({ startAt: at('08:00'), until: at('12:30'), settled: true })
    expect(rewoundBacklog({ backlog }, ms('20:00')).from).toBe(ms('11:00'))
    expect(rewoundBacklog({ backlog, live }, ms('20:00')).from).toBe(ms('13:00'))
  })

  test('begins earlier if an unfinished backlog has not reached that time, and repeats events from its end on', () => {
    const backlog = encodeBackfill({
      offset: 'o',
      startAt: at('06:00'),
      newest: at('08:15'),
      endAt: at('09:00'),
      until: at('12:30'),
    })
    const { cursor, from } = rewoundBacklog({ backlog, live }, ms('20:00'))
    expect(from).toBe(ms('12:00'))
    expect(backlogLeft(cursor)).toEqual({ from: at('08:15'), until: undefined })
    expect(JSON.parse(cursor)).toMatchObject({ startAt: at('07:15') })
    expect(JSON.parse(cursor)).not.toHaveProperty('offset')
  })

  test('begins at the requested time if an unfinished backlog has passed it', () => {
    const backlog = encodeBackfill({ startAt: at('06:00'), newest: at('10:15'), until: at('12:30') })
    expect(rewoundBacklog({ backlog, live }, ms('09:00'))).toEqual({
      from: ms('09:00'),
      cursor: encodeBackfill({ startAt: at('09:00') }),
    })
    const unread = encodeBackfill({ startAt: at('06:00'), until: at('12:30') })
    expect(rewoundBacklog({ backlog: unread, live }, ms('05:00')).cursor).toBe(
      encodeBackfill({ startAt: at('05:00') }),
    )
  })

  test('begins at the requested time if the end of an unfinished backlog is unknown', () => {
    const backlog = encodeBackfill({ startAt: at('06:00') })
    expect(rewoundBacklog({ backlog }, ms('10:00')).from).toBe(ms('10:00'))
  })
})
