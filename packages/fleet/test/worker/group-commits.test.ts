import { expect, test } from 'vitest'
import { groupCommits, type Saved, type Saving } from '../../src/worker/group-commits.ts'

const saving = (number: number): Saving => ({ number }) as unknown as Saving
const numberOf = (one: Saving): number => (one as unknown as { number: number }).number
const made: Saved = { is: 'saved', isLast: false }

test('what is saved at the same time is one group, and a full one does not wait', async () => {
  const groups: number[] = []
  const commits = groupCommits({
    async write(group) {
      groups.push(group.length)
      return group.map(() => made)
    },
    // Longer than any test: only a full group is written.
    groupMs: 2 ** 31 - 1,
  })
  const saved = await Promise.all(Array.from({ length: 64 }, (_, number) => commits.save(saving(number))))
  expect(saved).toEqual(Array.from({ length: 64 }, () => made))
  expect(groups).toEqual([64])
})

test('what comes while a group is written makes the next one, and each gets its own answer', async () => {
  const groups: number[][] = []
  const first = Promise.withResolvers<void>()
  const commits = groupCommits({
    async write(group) {
      groups.push(group.map(numberOf))
      if (groups.length === 1) await first.promise
      return group.map((one): Saved => (numberOf(one) === 3 ? { is: 'refused', why: 'attempt' } : made))
    },
    groupMs: 1,
  })
  const one = commits.save(saving(1))
  await expect.poll(() => groups.length).toBe(1)
  const others = [2, 3, 4].map((number) => commits.save(saving(number)))
  first.resolve()
  await one
  expect(await Promise.all(others)).toEqual([made, { is: 'refused', why: 'attempt' }, made])
  expect(groups).toEqual([[1], [2, 3, 4]])
})

test('what PostgreSQL cannot take fails alone; a broken line fails the whole group at once', async () => {
  const tried: number[][] = []
  const failing = (code: string | undefined) =>
    groupCommits({
      async write(group) {
        tried.push(group.map(numberOf))
        if (group.some((one) => numberOf(one) === 2))
          throw Object.assign(new Error('refused'), code !== undefined && { code })
        return group.map(() => made)
      },
      groupMs: 1,
    })
  const save = async (code: string | undefined): Promise<string[]> => {
    const commits = failing(code)
    const ends = await Promise.allSettled([1, 2, 3].map((number) => commits.save(saving(number))))
    return ends.map(({ status }) => status)
  }
  expect(await save('22P05')).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(tried.splice(0)).toEqual([[1, 2, 3], [1], [2], [3]])
  expect(await save(undefined)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(tried).toEqual([[1, 2, 3]])
})
