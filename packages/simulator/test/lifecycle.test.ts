import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type ServedRequest, type SimulatorOptions, startSimulator } from '../src/index.ts'
import { ask } from './client.ts'

test('close ends waiting requests and idle connections, and may be called twice', async () => {
  const simulator = await startSimulator({ events: 0, latencyMs: 600_000 })
  const idle = connect(Number(new URL(simulator.url).port), '127.0.0.1')
  await once(idle, 'connect')
  const idleClosed = once(idle, 'close')
  const waiting = expect(ask(simulator)).rejects.toThrow()
  await expect.poll(() => simulator.stats.inFlight).toBe(1)
  await simulator.close()
  await simulator.close()
  await waiting
  await idleClosed
  await expect(fetch(simulator.url)).rejects.toThrow()
})

test('a closed simulator does not keep a process alive', async () => {
  const script = fileURLToPath(new URL('./close-while-waiting.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 300_000 })
  expect(stdout).toBe('unanswered')
})

test('a port in use rejects the start', async () => {
  const first = await startSimulator({ events: 0 })
  const port = Number(new URL(first.url).port)
  await expect(startSimulator({ events: 0, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
})

test.for([
  [{ events: -1 }, 'events'],
  [{ days: 0 }, 'days'],
  [{ equalTimes: 2 }, 'equalTimes'],
  [{ maxLimit: 0 }, 'maxLimit'],
  [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
  [{ token: '' }, 'token'],
  [{ faults: { rate: 30 } }, 'faults.rate'],
  [{ growth: { perMinute: -1 } }, 'growth.perMinute'],
  // Types do not refuse it in plain JavaScript or in a spread, and it would have no effect.
  [{ latency: 5 } as SimulatorOptions, 'no option latency. The options are port, host,'],
  [{ growth: { perHour: 1 } as never }, 'no option growth.perHour.'],
  [{ faults: { rate: 0, kind: [503] } as never }, 'no option faults.kind.'],
] satisfies [SimulatorOptions, string][])('%o is refused by name', async ([options, name]) => {
  await expect(startSimulator(options)).rejects.toMatchObject({
    code: 'invalid_option',
    message: expect.stringContaining(` ${name}`),
  })
})

test('a refused change leaves all settings unchanged', async () => {
  const simulator = await startSimulator({ events: 5 })
  expect(() => simulator.set({ defaultLimit: 2, maxLimit: 0 })).toThrow(TypeError)
  expect(() => simulator.set({ port: 1 } as object)).toThrow('no option port')
  expect((await ask(simulator)).data).toHaveLength(5)
  await simulator.close()
})

test('each request is reported once, without the token', async () => {
  const served: ServedRequest[] = []
  const simulator = await startSimulator({ events: 5, onRequest: (request) => served.push(request) })
  await ask(simulator, { limit: 2 })
  await ask(simulator, { limit: 0 })
  simulator.set({ faults: { rate: 1, kinds: ['reset'] } })
  await ask(simulator).catch(() => undefined)
  const url = '/api/1.0/workspaces/1234567890123456/audit_log_events'
  expect(served.slice(0, 2)).toEqual([
    { method: 'GET', url: `${url}?limit=2`, status: 200, fault: undefined, events: 2 },
    { method: 'GET', url: `${url}?limit=0`, status: 400, fault: undefined, events: 0 },
  ])
  expect(served[2]).toMatchObject({ status: undefined, fault: 'reset' })
  expect(JSON.stringify(served)).not.toContain('simulator-token')
  expect(simulator.stats).toMatchObject({ byStatus: { 200: 1, 400: 1 } })
  await simulator.close()
})
