import { afterEach, expect, test } from 'vitest'
import { defaultFaultKinds, type FaultKind, type Simulator, startSimulator } from '../src/index.ts'
import { ask, readAll } from './client.ts'

const started: Simulator[] = []

async function start(options: Parameters<typeof startSimulator>[0]): Promise<Simulator> {
  const simulator = await startSimulator({ events: 120, requestsPerMinute: Infinity, ...options })
  started.push(simulator)
  return simulator
}

afterEach(() => Promise.all(started.splice(0).map((simulator) => simulator.close())))

/** A simulator that answers the first attempt of every request with a fault of this kind. */
function struckBy(kind: FaultKind): Promise<Simulator> {
  return start({ faults: { rate: 1, attempts: 1, kinds: [kind], retryAfterSeconds: 2, delayMs: 1 } })
}

async function raw(simulator: Simulator): Promise<Response> {
  return fetch(`${simulator.url}/workspaces/${simulator.workspace}/audit_log_events?limit=100`, {
    headers: { authorization: 'Bearer simulator-token' },
  })
}

test.for([
  [429, '2', 'application/json; charset=UTF-8'],
  [500, null, 'application/json; charset=UTF-8'],
  [502, null, 'text/html; charset=UTF-8'],
  [503, '2', 'application/json; charset=UTF-8'],
  [504, null, 'text/html; charset=UTF-8'],
] as const)('status %s strikes once, then the request is answered', async ([status, retryAfter, type]) => {
  const simulator = await struckBy(status)
  const response = await raw(simulator)
  expect(response.status).toBe(status)
  expect(response.headers.get('retry-after')).toBe(retryAfter)
  expect(response.headers.get('content-type')).toBe(type)
  await response.arrayBuffer()
  expect((await raw(simulator)).status).toBe(200)
})

test('a 500 has a phrase, the same for the same request', async () => {
  const phrases = []
  for (let run = 0; run < 2; run++) {
    const reply = await ask(await struckBy(500))
    phrases.push(reply.errors?.[0]?.phrase)
  }
  expect(phrases[0]).toEqual(expect.any(String))
  expect(phrases[1]).toBe(phrases[0])
})

test('faults come before the check of the token', async () => {
  const simulator = await struckBy(503)
  simulator.set({ token: 'another' })
  expect((await raw(simulator)).status).toBe(503)
  expect((await raw(simulator)).status).toBe(401)
})

test('a reset connection gives no answer at all', async () => {
  const simulator = await struckBy('reset')
  await expect(raw(simulator)).rejects.toMatchObject({
    cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
  })
  expect(simulator.stats).toMatchObject({ byStatus: {}, byFault: { reset: 1 } })
})

test('a truncated answer begins correctly and has no end', async () => {
  const simulator = await struckBy('truncated')
  const response = await raw(simulator)
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow()
})

test('status 200 can come with a page instead of JSON, or without data', async () => {
  expect(await (await raw(await struckBy('html'))).text()).toMatch(/^<html>/)
  expect(await (await raw(await struckBy('no-data'))).json()).toEqual({ next_page: null })
})

test('latency delays an answer and does not change it', async () => {
  const simulator = await struckBy('latency')
  expect((await ask(simulator)).data).toHaveLength(120)
  expect(simulator.stats.byFault).toEqual({ latency: 1 })
})

test('an offset can expire early, but a request without an offset is answered', async () => {
  const simulator = await struckBy('expired-offset')
  const { next, status } = await ask(simulator, { limit: 5 })
  expect(status).toBe(200)
  const struck = await ask(simulator, { limit: 5, offset: String(next?.offset) })
  expect(struck.errors?.[0]?.message).toBe('offset: Your pagination token has expired.')
})

test('a request never fails more often than the plan allows, even at a rate of 1', async () => {
  const simulator = await start({ faults: { rate: 1, kinds: [503], attempts: 4, retryAfterSeconds: 0 } })
  const statuses = []
  for (let attempt = 0; attempt < 6; attempt++) statuses.push((await ask(simulator)).status)
  expect(statuses).toEqual([503, 503, 503, 503, 200, 200])
})

test('requests with two offsets of the same place count as the same request', async () => {
  const simulator = await start({ faults: { rate: 1, kinds: [503], attempts: 1, retryAfterSeconds: 0 } })
  const { offset } = await readAll(simulator)
  const poll = await ask(simulator, { offset: String(offset) })
  expect(poll.status, 'already failed once at the end of readAll').toBe(200)
  expect((await ask(simulator, { offset: String(poll.next?.offset) })).status).toBe(200)
})

/** The answers to the first and the second attempt for each of ninety windows. */
async function outcomes(simulator: Simulator, order: readonly number[]): Promise<string[][]> {
  const byWindow: string[][] = []
  await Promise.all(
    order.map(async (window) => {
      const start_at = new Date(Date.UTC(2026, 0, 1 + window)).toISOString()
      const tries: string[] = []
      for (let attempt = 0; attempt < 2; attempt++) {
        const reply = await ask(simulator, { start_at }).catch(() => undefined)
        tries.push(reply ? `${reply.status} ${reply.data?.length}` : 'broken')
      }
      byWindow[window] = tries
    }),
  )
  return byWindow
}

test('the same seed gives the same requests the same faults, in any order of arrival', async () => {
  const options = { maxInFlight: 100, now: () => Date.parse('2026-11-01T00:00:00Z') }
  const windows = Array.from({ length: 90 }, (_, index) => index)
  const faults = { seed: 3, rate: 0.4, retryAfterSeconds: 0 }
  const forward = await outcomes(await start({ ...options, faults }), windows)
  const backward = await outcomes(await start({ ...options, faults }), windows.toReversed())
  const otherSeed = await outcomes(await start({ ...options, faults: { ...faults, seed: 4 } }), windows)
  expect(backward).toEqual(forward)
  expect(otherSeed).not.toEqual(forward)
})

test('a plan gives faults of every kind, about as often as its rate says', async () => {
  const simulator = await start({ maxInFlight: 1000, faults: { rate: 0.5, retryAfterSeconds: 0 } })
  const windows = Array.from({ length: 150 }, (_, index) => index)
  const histories = await outcomes(simulator, windows)
  const failures = histories.map((tries) => tries.filter((outcome) => !/^200 \d+$/.test(outcome)).length)
  expect(new Set(failures), 'one attempt tells nothing about the next').toEqual(new Set([0, 1, 2]))
  const { byFault, requests } = simulator.stats
  const struck = Object.values(byFault).reduce((sum, times) => sum + times, 0)
  expect(struck / requests).toBeGreaterThan(0.35)
  expect(struck / requests).toBeLessThan(0.65)
  expect(new Set(Object.keys(byFault))).toEqual(new Set(defaultFaultKinds.map(String)))
})

test('a function can choose the faults, and new faults count attempts from zero', async () => {
  const simulator = await start({ faults: ({ attempt }) => (attempt === 2 ? 502 : undefined) })
  const statuses = []
  for (let attempt = 0; attempt < 3; attempt++) statuses.push((await raw(simulator)).status)
  simulator.set({ faults: { rate: 1, attempts: 1, kinds: [504] } })
  for (let attempt = 0; attempt < 2; attempt++) statuses.push((await raw(simulator)).status)
  simulator.set({ faults: null })
  expect(statuses).toEqual([200, 502, 200, 504, 200])
})
