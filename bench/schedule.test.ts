import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schedule, steady } from './src/asana/schedule.ts'

const until = Date.UTC(2026, 0, 1)

test('time and rank agree: an event has as many events of an earlier time before it as its rank', () => {
  const events = fc.integer({ min: 1, max: 3_000_000 })
  const shares = fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(events, fc.constantFrom('uniform', 'skewed'), shares, (count, density, places) => {
      const { timeOf, rankOf } = schedule(count, until, 30, density)
      for (const place of places) {
        const rank = Math.floor((place * count) / 1_000_000)
        const time = timeOf(rank)
        const first = rankOf(time)
        expect(first).toBeLessThanOrEqual(rank)
        expect(timeOf(first)).toBe(time)
        if (first > 0) expect(timeOf(first - 1)).toBeLessThan(time)
        expect(rankOf(time + 1)).toBeGreaterThan(rank)
        expect(time).toBeLessThan(until)
      }
      expect(rankOf(until)).toBe(count)
    }),
  )
})

test('time and rank agree if events come one by one', () => {
  const events = fc.integer({ min: 1, max: 10_000 })
  const every = fc.integer({ min: 1, max: 5_000 })
  fc.assert(
    fc.property(events, every, fc.nat(), (count, everyMs, place) => {
      const { timeOf, rankOf } = steady(count, until, everyMs)
      const rank = place % count
      expect(rankOf(timeOf(rank))).toBe(rank)
      expect(rankOf(timeOf(rank) + 1)).toBe(rank + 1)
      expect(rankOf(until)).toBe(count)
      expect(rankOf(timeOf(0) - 1)).toBe(0)
    }),
  )
})
