import { afterEach, expect, test } from 'vitest'
import { type Oddity, type Simulator, startSimulator } from '../src/index.ts'
import { ask, gids } from './client.ts'

let simulator: Simulator
const now = Date.parse('2026-11-01T00:00:00Z')

async function start(oddity: Oddity): Promise<void> {
  simulator = await startSimulator({ events: 20, oddity, now: () => now })
}
afterEach(() => simulator.close())

test('if the server ignores start and end, it answers with the oldest events', async () => {
  await start('no-times')
  const page = await ask(simulator, { start_at: new Date(now).toISOString(), limit: 5 })
  expect(gids(page.data)).toEqual(gids(simulator.events.slice(0, 5)))
})

test('if the server ignores the query, it answers every request with its first page', async () => {
  await start('no-query')
  const first = await ask(simulator)
  const second = await ask(simulator, { offset: String(first.next?.offset), limit: 5 })
  expect(gids(second.data)).toEqual(gids(first.data))
})

test('if the server repeats the same offset, the second page leads to itself', async () => {
  await start('same-offset')
  const first = await ask(simulator, { limit: 5 })
  const second = await ask(simulator, { limit: 5, offset: String(first.next?.offset) })
  const third = await ask(simulator, { limit: 5, offset: String(second.next?.offset) })
  expect(gids(second.data)).toEqual(gids(simulator.events.slice(5, 10)))
  expect(gids(third.data)).toEqual(gids(second.data))
})

test('if the server gives no offsets, no page leads to the next', async () => {
  await start('no-offset')
  expect((await ask(simulator, { limit: 5 })).next).toBeNull()
})

test('the time in the Date header may be hours slow', async () => {
  simulator = await startSimulator({ events: 1, now: () => now, dateAheadMs: -3_600_000 })
  expect((await ask(simulator)).headers.get('date')).toBe(new Date(now - 3_600_000).toUTCString())
})
