import type { LaneSummary } from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { hourMs, openEnd } from '@asana-audit/core/ledger'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comparable,
  emptyLedger,
  type Limits,
  leftOut,
  limitsOf,
  type VerifyWindow,
} from '../../../src/pipelines/verify/verify-limits.ts'

const now = Date.parse('2026-05-31T12:20:00Z')
const time = (text: string): number => Date.parse(`2026-05-${text}:00Z`)
const written = (text: string): string => new Date(time(text)).toISOString()
const late = { settledWindowMs: 30 * 60_000, rereadEveryMs: 15 * 60_000 }
const oldest = Date.parse('2026-03-03T13:00:00Z')

function row(lane: string, more: Partial<LaneSummary>): LaneSummary {
  const committedAt = new Date(now).toISOString()
  const cursor =
    lane === 'live' ? asanaCursorAt(written('01T00:00')) : asanaBackfillCursor(undefined, undefined)
  return {
    pipeline: 'p',
    lane,
    cursor,
    delivered: 1,
    quarantined: 0,
    newestAt: undefined,
    readBy: undefined,
    committedAt,
    ...more,
  }
}

/** A backlog or backfill that is read to its end. */
const read = (until: string): string => asanaBackfillCursor(written(until), written(until))
const unread = (from: string | undefined, until: string): string =>
  asanaBackfillCursor(from && written(from), written(until))

describe('an empty ledger', () => {
  const newestAt = written('30T12:45')
  const live = row('live', { newestAt })

  test('of a pipeline that never had an event means that nothing was delivered', () => {
    expect(emptyLedger([], ['other'])).toEqual({ code: 'nothing_delivered', others: ['other'] })
  })

  test('of a pipeline that has begun names no others: it is the one that is meant', () => {
    const begun = [row('live', { delivered: 0 })]
    expect(emptyLedger(begun, ['other'])).toEqual({ code: 'nothing_delivered', others: [] })
  })

  test('of one that had, means a rewind: the next run begins where that went', () => {
    const rewound = row('backlog', { cursor: asanaBackfillCursor(written('02T00:00'), undefined) })
    expect(emptyLedger([live, rewound], [])).toEqual({
      ...{ code: 'nothing_since_rewind', from: time('02T00:00') },
    })
    const again = row('backlog', { cursor: read('30T00:00') })
    expect(emptyLedger([live, again], [])).toEqual({ code: 'nothing_since_rewind' })
  })

  test('or a backfill that has only begun', () => {
    const from = (at: string | undefined) => row('backfill', { cursor: unread(at, '30T00:00') })
    expect(emptyLedger([live, from('02T00:00')], [])).toEqual({
      ...{ code: 'not_read_yet', from: time('02T00:00') },
    })
    expect(emptyLedger([live, from(undefined)], [])).toEqual({ code: 'not_read_yet' })
  })
})

describe('a difference counts', () => {
  const limits = (...rows: LaneSummary[]): Limits | undefined => limitsOf(rows, late, now)

  test.each([
    ['30T12:45', '30T12:00'],
    ['30T12:44', '30T11:00'],
    ['30T13:44', '30T12:00'],
  ])('up to the last hour of which a re-read has found what appeared late: %s, %s', (newest, until) => {
    expect(limits(row('live', { newestAt: written(newest) }))).toEqual({
      from: oldest,
      until: time(until),
      because: 'late_events_may_come',
    })
  })

  test('up to the newest event if nothing is read again', () => {
    const rows = [row('live', { newestAt: written('30T12:00') })]
    const never = { settledWindowMs: 0, rereadEveryMs: 15 * 60_000 }
    expect(limitsOf(rows, never, now)?.until).toBe(time('30T12:00'))
  })

  test('from the first whole hour that Asana certainly still has', () => {
    const rows = [row('live', { newestAt: written('30T12:45') })]
    expect(limits(...rows)?.from).toBe(oldest)
    expect(limitsOf(rows, late, now - 20 * 60_000)?.from).toBe(oldest)
    expect(limitsOf(rows, late, now - 21 * 60_000)?.from).toBe(oldest - hourMs)
  })

  test('nowhere before anything was delivered', () => {
    expect(limits()).toBeUndefined()
    expect(
      limits(row('live', {}), row('backlog', { cursor: unread('01T00:00', '02T00:00') })),
    ).toBeUndefined()
  })

  test.each(['backlog', 'backfill'])('not in hours that an unfinished %s has not reached', (lane) => {
    const live = row('live', { newestAt: written('30T12:45') })
    const closed = row(lane, { newestAt: written('10T07:50'), cursor: unread('10T07:50', '20T00:00') })
    expect(limits(live, closed)).toMatchObject({ until: time('10T07:00'), because: 'not_read_yet' })
    const whole = row(lane, { cursor: unread(undefined, '20T00:00') })
    expect(limits(live, whole)).toMatchObject({ until: 0, because: 'not_read_yet' })
  })

  test('up to the settled window if an unfinished backlog has read further', () => {
    const live = row('live', { newestAt: written('10T08:00') })
    const backlog = row('backlog', { cursor: unread('10T07:50', '20T00:00') })
    expect(limits(live, backlog)).toMatchObject({ until: time('10T07:00'), because: 'late_events_may_come' })
  })

  test('up to the settled window if an unfinished backlog has read exactly as far', () => {
    const live = row('live', { newestAt: written('10T08:45') })
    const backlog = row('backlog', { cursor: unread('10T08:00', '20T00:00') })
    expect(limits(live, backlog)).toMatchObject({ until: time('10T08:00'), because: 'late_events_may_come' })
  })

  test('up to the end of a backfill that was read after late events had time to appear', () => {
    const newestAt = written('09T07:00')
    const backfill = (committedAt: string): LaneSummary =>
      row('backfill', { newestAt, cursor: read('10T00:00'), committedAt: written(committedAt) })
    expect(limits(backfill('20T00:00'))).toMatchObject({ until: time('10T00:00') })
    expect(limits(backfill('10T00:30'))).toMatchObject({ until: time('10T00:00') })
    expect(limits(backfill('10T00:29'))).toMatchObject({ until: time('09T23:00') })
  })

  test('also if such a backfill delivered nothing', () => {
    expect(limits(row('backfill', { cursor: read('10T00:00') }))).toMatchObject({ until: time('10T00:00') })
  })

  describe('for a quiet tenant, whose log was read to its end long after the newest event,', () => {
    const newestAt = written('09T07:50')
    const quiet = (more: object): LaneSummary =>
      row('live', { newestAt, cursor: JSON.stringify({ v: 1, newest: newestAt, ...more }) })
    const end = quiet({ endReachedAt: written('30T12:45') })

    test('up to the last hour of which a re-read has found what appeared late', () => {
      expect(limits(end)).toMatchObject({ until: time('30T12:00'), because: 'late_events_may_come' })
      expect(limits(row('live', { cursor: end.cursor }))).toEqual(limits(end))
      expect(limits(quiet({ endReachedAt: written('30T12:44') }))?.until).toBe(time('30T11:00'))
    })

    test('up to the newest event if that is not known, or if nothing is read again', () => {
      expect(limits(quiet({}))?.until).toBe(time('09T07:00'))
      expect(limits({ ...end, cursor: 'of another source' })?.until).toBe(time('09T07:00'))
      expect(limitsOf([end], { ...late, settledWindowMs: 0 }, now)?.until).toBe(time('09T07:00'))
    })

    test('not in hours that an unfinished backlog has not reached', () => {
      const backlog = row('backlog', { cursor: unread('10T07:50', '20T00:00') })
      expect(limits(end, backlog)).toMatchObject({ until: time('10T07:00'), because: 'not_read_yet' })
    })
  })

  test('not up to the end of a backlog, because new events follow it', () => {
    const backlog = row('backlog', { newestAt: written('09T07:50'), cursor: read('10T00:00') })
    expect(limits(backlog)).toMatchObject({ until: time('09T07:00'), because: 'late_events_may_come' })
  })
})

const limits: Limits = { from: time('02T00:00'), until: time('20T00:00'), because: 'late_events_may_come' }
const span = (from: string, until: string): { from: number; until: number } => ({
  from: time(from),
  until: time(until),
})
const window = (since?: string, until?: string): VerifyWindow => ({
  since: since === undefined ? undefined : time(since),
  until: until === undefined ? undefined : time(until),
})
const everything = [{ from: 0, until: openEnd }]

describe('what is compared', () => {
  test('is all that was asked for, between the limits', () => {
    expect(comparable(everything, limits, window())).toEqual([span('02T00:00', '20T00:00')])
    expect(
      comparable([span('01T00:00', '03T00:00'), span('19T00:00', '21T00:00')], limits, window()),
    ).toEqual([span('02T00:00', '03T00:00'), span('19T00:00', '20T00:00')])
  })

  test('is never outside the limits, for any window', () => {
    expect(comparable(everything, limits, window('01T00:00', '30T00:00'))).toEqual([
      span('02T00:00', '20T00:00'),
    ])
  })

  test('has the whole hours that the window begins and ends in, and no others', () => {
    expect(comparable(everything, limits, window('10T10:10', '10T10:50'))).toEqual([
      span('10T10:00', '10T11:00'),
    ])
    expect(comparable(everything, limits, window('10T10:00', '10T11:00'))).toEqual([
      span('10T10:00', '10T11:00'),
    ])
  })

  test('is nothing if nothing was asked for, and has no empty part', () => {
    expect(comparable([], limits, window())).toEqual([])
    expect(
      comparable([span('01T00:00', '02T00:00'), span('20T00:00', '21T00:00')], limits, window()),
    ).toEqual([])
  })
})

describe('what is left out', () => {
  test('without a window is what Asana has deleted, and the time in which late events may still appear', () => {
    expect(leftOut(everything, limits, window())).toEqual([
      { code: 'deleted_by_asana', until: limits.from },
      { code: 'late_events_may_come', from: limits.until },
    ])
  })

  test('is nothing if the whole window was asked for and is between the limits', () => {
    expect(leftOut(everything, limits, window('02T00:00', '20T00:00'))).toEqual([])
    expect(leftOut(everything, limits, window('02T00:10', '19T23:10'))).toEqual([])
  })

  test('says why it ends', () => {
    const left = leftOut(everything, { ...limits, because: 'not_read_yet' }, window('02T00:00'))
    expect(left).toEqual([{ code: 'not_read_yet', from: limits.until }])
  })

  test('of a backlog of which nothing was read yet is all that Asana still has', () => {
    const unread = { from: limits.from, until: 0, because: 'not_read_yet' } as const
    expect(leftOut(everything, unread, window())).toEqual([
      { code: 'deleted_by_asana', until: limits.from },
      { code: 'not_read_yet', from: limits.from },
    ])
  })

  test('does not include the time before the first that was asked for, unless the window does', () => {
    const asked = [span('05T00:00', '30T00:00')]
    expect(leftOut(asked, limits, window(undefined, '20T00:00'))).toEqual([])
    expect(leftOut(asked, limits, window('04T10:10', '20T00:00'))).toEqual([
      { code: 'not_asked_for', ...span('04T10:00', '05T00:00') },
    ])
    expect(leftOut(asked, limits, window('01T00:00', '20T00:00'))).toEqual([
      { code: 'deleted_by_asana', until: limits.from },
      { code: 'not_asked_for', ...span('02T00:00', '05T00:00') },
    ])
  })

  test('is every gap between what was asked for, and what follows it', () => {
    const asked = [span('01T00:00', '05T00:00'), span('06T00:00', '07T00:00'), span('08T00:00', '09T00:00')]
    expect(leftOut(asked, limits, window('03T00:00', '10T00:00'))).toEqual([
      { code: 'not_asked_for', ...span('05T00:00', '06T00:00') },
      { code: 'not_asked_for', ...span('07T00:00', '08T00:00') },
      { code: 'not_asked_for', ...span('09T00:00', '10T00:00') },
    ])
    expect(leftOut(asked, limits, window('06T00:00', '07T00:00'))).toEqual([])
  })

  test('is everything if nothing was asked for', () => {
    expect(leftOut([], limits, window('02T00:00', '20T00:00'))).toEqual([
      { code: 'not_asked_for', ...span('02T00:00', '20T00:00') },
    ])
    expect(leftOut([], limits, window())[0]).toEqual({
      code: 'not_asked_for',
      ...span('02T00:00', '20T00:00'),
    })
  })

  test('and what is compared together have every hour of the window once', () => {
    const hour = (from: number, until: number): fc.Arbitrary<number> =>
      fc.integer({ min: from, max: until }).map((hours) => time('01T00:00') + hours * hourMs)
    const asked = fc
      .uniqueArray(hour(0, 600), { minLength: 2, maxLength: 8 })
      .map((times) =>
        times
          .toSorted((a, b) => a - b)
          .flatMap((from, index, all) =>
            index % 2 === 0 && all[index + 1] !== undefined
              ? [{ from, until: all[index + 1] as number }]
              : [],
          ),
      )
    const ends = fc
      .tuple(hour(0, 600), hour(0, 600))
      .map(([one, other]) => ({ since: Math.min(one, other), until: Math.max(one, other) + hourMs }))
    fc.assert(
      fc.property(asked, ends, (asked, window) => {
        const parts = [
          ...comparable(asked, limits, window),
          ...leftOut(asked, limits, window).map(({ code, from = window.since, until = window.until }) => ({
            // Of what lies outside the limits only the inner end is told.
            from: code === 'deleted_by_asana' ? window.since : Math.max(from, window.since),
            until: Math.min(until, window.until),
          })),
        ]
        for (let at = window.since; at < window.until; at += hourMs) {
          expect(parts.filter(({ from, until }) => from <= at && at < until)).toHaveLength(1)
        }
      }),
    )
  })
})
