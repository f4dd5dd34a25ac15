import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PacedPage, pollPace } from '../../src/source/poll-pace.ts'

const second = 1_000
const minute = 60 * second

const empty: PacedPage = { isLast: true, count: 0, limit: undefined, behindMs: 0 }
const events = (count: number, more: Partial<PacedPage> = {}): PacedPage => ({
  ...{ isLast: false, count, limit: undefined, behindMs: 2 * second },
  ...more,
})

describe('how long a reader waits before it asks again', () => {
  test('a second after the last events, then twice as long after each empty page, up to the poll', () => {
    const pace = pollPace({ pollMs: 10 * second, maxPollMs: 10 * second })
    const pages = [events(3), events(3), empty, empty, empty, empty, empty, events(1), empty]
    expect(pages.map((page) => pace.after(page) / second)).toEqual([1, 1, 2, 4, 8, 10, 10, 1, 2])
  })

  test('on to the longest poll while no events come', () => {
    const pace = pollPace({ pollMs: 10 * second, maxPollMs: minute })
    const waits = Array.from({ length: 7 }, () => pace.after(empty) / second)
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60])
    expect(pace.after(events(1))).toBe(second)
  })

  test('a poll below a second is the wait itself', () => {
    const pace = pollPace({ pollMs: 200, maxPollMs: 200 })
    expect([events(3), empty, empty, events(1)].map((page) => pace.after(page))).toEqual([200, 200, 200, 200])
  })

  test('not at all after a full page: of the size that was asked for, or of a hundred, or as large as any before', () => {
    const pace = pollPace({ pollMs: 10 * second, maxPollMs: 10 * second })
    expect(pace.after(events(20, { limit: 20 }))).toBe(0)
    expect(pace.after(events(99))).toBe(second)
    expect(pace.after(events(1_000))).toBe(0)
    expect(pace.after(events(999))).toBe(second)
    expect(pace.after(events(1_000))).toBe(0)
  })

  test('not at all while its newest event is over a minute old, however small the pages are', () => {
    const pace = pollPace({ pollMs: 10 * second, maxPollMs: 10 * second })
    expect(pace.after(events(3, { behindMs: minute + 1 }))).toBe(0)
    expect(pace.after(events(3, { behindMs: minute }))).toBe(second)
  })
})

const page = fc.record({
  isLast: fc.boolean(),
  count: fc.nat(2_000),
  limit: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
  behindMs: fc.nat(5 * minute),
})
const polls = fc
  .record({ pollMs: fc.nat(minute), more: fc.nat(10 * minute) })
  .map(({ pollMs, more }) => ({ pollMs, maxPollMs: pollMs + more }))

test('whatever pages come: a wait is never longer than it may be, and never longer than a second after events', () => {
  fc.assert(
    fc.property(polls, fc.array(page), (given, pages) => {
      const pace = pollPace(given)
      for (const one of pages) {
        const wait = pace.after(one)
        const most = one.isLast ? given.maxPollMs : Math.min(second, given.pollMs)
        expect(wait).toBeLessThanOrEqual(most)
        if (one.isLast && given.maxPollMs > 0) expect(wait).toBeGreaterThan(0)
      }
    }),
  )
})

test('whatever came before: without events the wait never shrinks, and reaches the longest poll', () => {
  fc.assert(
    fc.property(polls, fc.array(page), (given, before) => {
      const pace = pollPace(given)
      for (const one of before) pace.after(one)
      const waits = Array.from({ length: 25 }, () => pace.after(empty))
      expect(waits).toEqual(waits.toSorted((a, b) => a - b))
      expect(waits.at(-1)).toBe(given.maxPollMs)
    }),
  )
})
