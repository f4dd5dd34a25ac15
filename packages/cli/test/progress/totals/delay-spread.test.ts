import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delaySpread } from '../../../src/progress/totals/delay-spread.ts'

test('whatever the delays: the longest is exact, and median and 99 % are at most a tenth too high', () => {
  const write = fc.array(fc.nat(90 * 86_400_000), { minLength: 1 })
  const delays = fc.array(write, { minLength: 1 })
  fc.assert(
    fc.property(delays, (writes) => {
      const spread = delaySpread()
      for (const delaysMs of writes) spread.add(delaysMs)
      const all = writes.flat().toSorted((a, b) => a - b)
      const summary = spread.take()
      const exact = (share: number): number => all[Math.ceil(all.length * share) - 1]!
      expect(summary?.most).toBe(all.at(-1))
      for (const [found, share] of [
        [summary?.median, 0.5],
        [summary?.p99, 0.99],
      ] as const) {
        expect(found).toBeGreaterThanOrEqual(exact(share))
        expect(found).toBeLessThanOrEqual(exact(share) * 1.1 + 2)
      }
    }),
  )
})

test('each summary starts from nothing', () => {
  const spread = delaySpread()
  spread.add([5_000, 10])
  expect(spread.take()).toMatchObject({ most: 5_000 })
  spread.add([10])
  expect(spread.take()).toEqual({ median: 10, p99: 10, most: 10 })
  expect(spread.take()).toBeUndefined()
})
