import { expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../src/index.ts'
import { ask } from './client.ts'

async function statuses(simulator: Simulator, requests: number): Promise<number[]> {
  const all: number[] = []
  for (let i = 0; i < requests; i++) all.push((await ask(simulator)).status)
  return all
}

test('a request over the quota is answered with 429 and Retry-After, and a request after that time is accepted', async () => {
  let clock = 0
  const simulator = await startSimulator({ events: 0, requestsPerMinute: 3, now: () => clock })
  expect(await statuses(simulator, 3)).toEqual([200, 200, 200])
  clock += 20_000
  const refused = await ask(simulator)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('40')
  expect(refused.errors).toHaveLength(1)
  clock += 40_000
  expect((await ask(simulator)).status).toBe(200)
  await simulator.close()
})

test('refused requests count too, so a client that does not wait is always refused', async () => {
  let clock = 0
  const simulator = await startSimulator({ events: 0, requestsPerMinute: 2, now: () => clock })
  await statuses(simulator, 2)
  for (const retryAfter of [50, 50, 50, 50, 50, 50, 50, 50]) {
    clock += 10_000
    const refused = await ask(simulator)
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, retryAfter])
  }
  clock += 60_000
  expect((await ask(simulator)).status).toBe(200)
  await simulator.close()
})

test('requests with a wrong token do not count', async () => {
  const simulator = await startSimulator({ events: 0, requestsPerMinute: 1, token: 'other', now: () => 0 })
  expect(await statuses(simulator, 3)).toEqual([401, 401, 401])
  simulator.set({ token: 'simulator-token' })
  expect(await statuses(simulator, 2)).toEqual([200, 429])
  await simulator.close()
})

test('more concurrent requests than allowed are refused', async () => {
  const simulator = await startSimulator({ events: 10, maxInFlight: 4, latencyMs: 600_000 })
  const waiting = Array.from({ length: 4 }, () => expect(ask(simulator)).rejects.toThrow())
  await expect.poll(() => simulator.stats.inFlight).toBe(4)
  const refused = await ask(simulator)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(simulator.stats.peakInFlight).toBe(5)
  await simulator.close()
  await Promise.all(waiting)
})
