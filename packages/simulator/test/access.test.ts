import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RefusalStatus, type Simulator, startSimulator } from '../src/index.ts'
import { ask, bodyOf } from './client.ts'

let simulator: Simulator

beforeEach(async () => {
  simulator = await startSimulator({ events: 3 })
})
afterEach(() => simulator.close())

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(simulator.url + path, { method, headers })
}

const events = '/workspaces/1234567890123456/audit_log_events'
const authorization = 'Bearer simulator-token'

test('a request without a token, with a wrong token or another scheme is answered with the 401 of Asana', async () => {
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Basic simulator-token' },
    { authorization: 'Bearer simulator-token extra' },
  ]) {
    const response = await get(events, headers)
    expect(response.status).toBe(401)
    expect((await bodyOf(response)).errors?.[0]?.message).toBe('Not Authorized')
  }
})

test('the token is checked before anything else', async () => {
  expect((await get('/nowhere')).status).toBe(401)
})

test('another workspace, an unknown path and another method are answered with 404', async () => {
  for (const [path, method] of [
    ['/workspaces/999/audit_log_events', 'GET'],
    ['/workspaces/1234567890123456', 'GET'],
    ['/users/me', 'GET'],
    [`${events}/`, 'GET'],
    [events, 'POST'],
    [events, 'DELETE'],
  ] as const) {
    const response = await get(path, { authorization }, method)
    expect(response.status, `${method} ${path}`).toBe(404)
    expect((await bodyOf(response)).errors?.[0]?.message).toEqual(expect.any(String))
  }
})

test('a path that looks like another host stays on this one', async () => {
  const response = await fetch(`${new URL(simulator.url).origin}//elsewhere.example/api/1.0${events}`, {
    headers: { authorization },
  })
  expect(response.status).toBe(404)
})

test('every request is refused with the status of refuseWith until it is null', async () => {
  for (const status of [402, 403, 404, 451, 500, 503] satisfies RefusalStatus[]) {
    simulator.set({ refuseWith: status })
    const reply = await ask(simulator)
    expect(reply.status).toBe(status)
    expect(reply.errors).toHaveLength(1)
    expect(reply.headers.get('retry-after')).toBe(status === 503 ? '30' : null)
    expect(reply.errors?.[0]?.phrase).toEqual(status === 500 ? expect.any(String) : undefined)
  }
  simulator.set({ refuseWith: null })
  expect((await ask(simulator)).status).toBe(200)
})

test('the token can be changed while the simulator runs', async () => {
  simulator.set({ token: 'another' })
  expect((await ask(simulator)).status).toBe(401)
  expect((await get(events, { authorization: 'Bearer another' })).status).toBe(200)
})

test('answers are JSON, compressed if the client accepts gzip', async () => {
  const plain = await get(events, { authorization, 'accept-encoding': 'identity' })
  const compressed = await get(events, { authorization, 'accept-encoding': 'gzip' })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(compressed.headers.get('content-encoding')).toBe('gzip')
  expect(plain.headers.get('content-type')).toBe('application/json; charset=UTF-8')
  expect((await bodyOf(compressed)).data).toEqual((await bodyOf(plain)).data)
})
