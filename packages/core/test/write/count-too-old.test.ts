import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTooOld } from '../../src/write/count-too-old.ts'

/** How it counts where the oldest `limit` are refused, and `bad` ones besides. */
async function counted(
  count: number,
  limit: number,
  bad: readonly number[] = [],
): Promise<{ tooOld: number; questions: number }> {
  const asked = new Set<number>()
  const tooOld = await countTooOld(count, async (index) => {
    expect(index).toBeGreaterThanOrEqual(0)
    expect(index).toBeLessThan(count)
    asked.add(index)
    return index >= limit && !bad.includes(index)
  })
  return { tooOld, questions: asked.size }
}

const sizes = fc.integer({ min: 0, max: 5_000 })

test('finds any limit with a number of tests that grows with the logarithm', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), async (count, chance) => {
      const limit = chance % (count + 1)
      const { tooOld, questions } = await counted(count, limit)
      expect(tooOld).toBe(limit)
      expect(questions).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count + 1)) + 2)
    }),
  )
})

test('counts every record that is too old, and no good one because of two bad ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 200 }),
      fc.nat(),
      fc.array(fc.nat(), { maxLength: 2 }),
      async (count, chance, chances) => {
        const limit = chance % (count + 1)
        const bad = chances.map((one) => limit + (one % Math.max(1, count - limit)))
        const { tooOld } = await counted(count, limit, bad)
        expect(tooOld).toBeGreaterThanOrEqual(limit)
        for (let index = limit; index < tooOld; index += 1) expect(bad).toContain(index)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('a write that is too old as a whole needs about ten tests for a thousand records', async () => {
  expect((await counted(1_000, 1_000)).questions).toBe(11)
})
