import { expect, onTestFinished, test, vi } from 'vitest'
import { cached } from '../../src/listen/cached.ts'

/** A value that takes `tookMs` to make by its own clock. */
function slow(tookMs: number) {
  const clock = { now: 0, made: 0 }
  const value = cached(
    1_000,
    async () => {
      clock.now += tookMs
      clock.made += 1
      return clock.made
    },
    () => clock.now,
  )
  return { clock, value }
}

test('requests every 100 ms make a value once a second', async () => {
  const { clock, value } = slow(0)
  for (let requests = 0; requests < 100; requests += 1) {
    await value()
    clock.now += 100
  }
  expect(clock.made).toBe(10)
})

test('a value that takes long to make is made in a fiftieth of the time at most', async () => {
  const { clock, value } = slow(200)
  for (const until = 100_000; clock.now < until; clock.now += 100) await value()
  expect(clock.made * 200).toBeLessThanOrEqual(100_000 / 50 + 200)
  expect(clock.made).toBeGreaterThan(5)
})

test('requests at the same time share one value, and a failure is tried again', async () => {
  let made = 0
  const value = cached(
    1_000,
    async () => {
      made += 1
      if (made === 1) throw new Error('busy')
      return made
    },
    () => 0,
  )
  await expect(Promise.all([value(), value()])).rejects.toThrow('busy')
  expect(made).toBe(1)
  expect(await Promise.all([value(), value()])).toEqual([2, 2])
})

test('a clock that is set back by an hour keeps no value for an hour', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  let made = 0
  const value = cached(1, async () => {
    made += 1
    return made
  })
  await value()
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.waitFor(async () => expect(await value()).toBeGreaterThan(1))
})
