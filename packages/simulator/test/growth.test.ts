import { expect, test } from 'vitest'
import { startSimulator } from '../src/index.ts'
import { ask, gids, readAll } from './client.ts'

const minute = 60_000
const start = Date.parse('2026-11-01T12:00:00Z')

test('grow adds events at the present time, and a poll with the latest offset finds them', async () => {
  const simulator = await startSimulator({ events: 10 })
  const { offset } = await readAll(simulator)
  const grown = simulator.grow(3)
  expect(grown).toHaveLength(3)
  expect((await ask(simulator, { offset: String(offset) })).data).toEqual(grown)
  expect(new Set(gids(simulator.events)).size).toBe(13)
  await simulator.close()
})

test('new events happen as the clock goes on, at the rate of the options', async () => {
  let clock = start
  const simulator = await startSimulator({ events: 10, growth: { perMinute: 4 }, now: () => clock })
  expect(simulator.events).toHaveLength(10)
  clock += 5 * minute
  expect(simulator.events).toHaveLength(30)
  const times = simulator.events.slice(10).map((event) => Date.parse(event.created_at))
  expect(times.every((time) => time >= start && time <= clock)).toBe(true)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  await simulator.close()
})

test('growth depends on the seed and the clock, not on the number of requests', async () => {
  const histories = []
  for (const steps of [1, 7]) {
    let clock = start
    const growth = { perMinute: 10, lateShare: 0.3 }
    const simulator = await startSimulator({ events: 20, seed: 5, growth, now: () => clock })
    for (let step = 0; step < steps; step++) {
      clock += (14 * minute) / steps
      await ask(simulator)
    }
    histories.push(simulator.events)
    await simulator.close()
  }
  expect(histories[0]).toHaveLength(160)
  expect(histories[1]).toEqual(histories[0])
})

test('some new events can appear late, after an event that happened later', async () => {
  let clock = start
  const growth = { perMinute: 30, lateShare: 0.3, lateByMs: 10 * minute }
  const simulator = await startSimulator({ events: 0, growth, now: () => clock })
  clock += 10 * minute
  const byTime = gids(simulator.events).map(Number)
  expect(byTime, 'gids follow the order of arrival').not.toEqual(byTime.toSorted((a, b) => a - b))
  expect(simulator.events.every((event) => Date.parse(event.created_at) >= start - 10 * minute)).toBe(true)
  await simulator.close()
})
