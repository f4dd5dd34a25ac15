import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../src/index.ts'
import { ask } from './client.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ events: 1200 })
})
afterAll(() => simulator.close())

test.for([
  ['limit', '0'],
  ['limit', '101'],
  ['limit', '-1'],
  ['limit', '10.5'],
  ['limit', '1e1'],
  ['limit', 'ten'],
  ['limit', ''],
  ['start_at', 'yesterday'],
  ['start_at', '2026-02-30T00:00:00Z'],
  ['start_at', '2026-02-01'],
  ['start_at', '2026-02-01T00:00:00'],
  ['start_at', '2026-02-01T00:00:00 01:00'],
  ['end_at', '1770000000'],
  ['actor_type', 'service_account'],
  ['actor_gid', ''],
  ['offset', 'made-up'],
  ['offset', 'a.b.c'],
])('%s=%s is a 400 that names the parameter', async ([name, value]) => {
  const reply = await ask(simulator, { [String(name)]: String(value) })
  expect(reply.status).toBe(400)
  expect(reply.errors).toHaveLength(1)
  expect(reply.errors?.[0]?.message).toMatch(new RegExp(`^${name}: `))
})

test('every invalid parameter is named', async () => {
  const reply = await ask(simulator, { limit: 0, start_at: 'x', end_at: 'y', actor_type: 'z' })
  const names = reply.errors?.map(({ message }) => message.split(':')[0]).sort()
  expect(names).toEqual(['actor_type', 'end_at', 'limit', 'start_at'])
})

test('a parameter that is sent twice is refused, because lists do not exist', async () => {
  const url = `${simulator.url}/workspaces/${simulator.workspace}/audit_log_events?event_type=a&event_type=b`
  const response = await fetch(url, { headers: { authorization: 'Bearer simulator-token' } })
  expect(response.status).toBe(400)
})

test('an undocumented parameter is ignored', async () => {
  expect((await ask(simulator, { opt_pretty: 'true' })).status).toBe(200)
})

test('a page has 1000 events without a limit, and never more than the limit', async () => {
  expect((await ask(simulator)).data).toHaveLength(1000)
  expect((await ask(simulator, { limit: 100 })).data).toHaveLength(100)
  expect((await ask(simulator, { limit: 1 })).data).toHaveLength(1)
})

test('the options set the default limit, and what happens above the highest limit', async () => {
  const other = await startSimulator({ events: 300, overLimit: 'clamp', defaultLimit: 7 })
  expect((await ask(other, { limit: 101 })).data).toHaveLength(100)
  expect((await ask(other, { limit: '99999999999999999999' })).data).toHaveLength(100)
  expect((await ask(other)).data).toHaveLength(7)
  other.set({ maxLimit: 1000, overLimit: 'reject' })
  expect((await ask(other, { limit: 250 })).data).toHaveLength(250)
  await other.close()
})
