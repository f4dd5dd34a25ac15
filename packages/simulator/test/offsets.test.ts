import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../src/index.ts'
import { ask, gids } from './client.ts'

const expired = 'offset: Your pagination token has expired.'
let simulator: Simulator
let clock: number

beforeEach(async () => {
  clock = Date.parse('2026-11-01T00:00:00Z')
  simulator = await startSimulator({ events: 20, now: () => clock })
})
afterEach(() => simulator.close())

async function firstOffset(filters: Record<string, string> = {}): Promise<string> {
  return String((await ask(simulator, { limit: 5, ...filters })).next?.offset)
}

test('an offset is valid for fifteen minutes and then refused with the message of Asana', async () => {
  const offset = await firstOffset()
  clock += 15 * 60_000 - 1
  expect((await ask(simulator, { offset })).status).toBe(200)
  clock += 1
  const late = await ask(simulator, { offset })
  expect(late.status).toBe(400)
  expect(late.errors?.[0]?.message).toBe(expired)
})

test('each answer gives an offset that is valid for fifteen minutes more', async () => {
  let offset = await firstOffset()
  for (let poll = 0; poll < 4; poll++) {
    clock += 10 * 60_000
    const reply = await ask(simulator, { offset })
    expect(reply.status).toBe(200)
    offset = String(reply.next?.offset)
  }
})

test('all offsets can be expired at once, and later ones are valid', async () => {
  const old = await firstOffset()
  simulator.expireOffsets()
  expect((await ask(simulator, { offset: old })).errors?.[0]?.message).toBe(expired)
  expect((await ask(simulator, { offset: await firstOffset() })).status).toBe(200)
})

test('an offset may be used again, also with another limit', async () => {
  const offset = await firstOffset()
  const once = await ask(simulator, { offset, limit: 3 })
  const again = await ask(simulator, { offset, limit: 4 })
  expect(gids(once.data)).toEqual(gids(simulator.events.slice(5, 8)))
  expect(gids(again.data)).toEqual(gids(simulator.events.slice(5, 9)))
})

test('an offset with a changed character is refused with another message than an expired one', async () => {
  const offset = await firstOffset()
  for (const place of [5, 50, offset.length - 2]) {
    const altered = `${offset.slice(0, place)}${offset[place] === 'A' ? 'B' : 'A'}${offset.slice(place + 1)}`
    const reply = await ask(simulator, { offset: altered })
    expect(reply.status).toBe(400)
    expect(reply.errors?.[0]?.message).not.toBe(expired)
  }
})

test('an offset is refused with other filters than those it was given for', async () => {
  const offset = await firstOffset({ actor_type: 'user' })
  expect((await ask(simulator, { offset, actor_type: 'user' })).status).toBe(200)
  expect((await ask(simulator, { offset })).status).toBe(400)
  expect((await ask(simulator, { offset, actor_type: 'asana' })).status).toBe(400)
})

test('the options can make the filters of the request count, or those of the offset', async () => {
  const type = String(simulator.events.at(-1)?.event_type)
  const offset = await firstOffset()
  const rest = simulator.events.slice(5)
  simulator.set({ filtersWithOffset: 'request' })
  const byRequest = await ask(simulator, { offset, event_type: type })
  expect(byRequest.data).toEqual(rest.filter((event) => event.event_type === type))
  simulator.set({ filtersWithOffset: 'offset' })
  const byOffset = await ask(simulator, { offset, event_type: type })
  expect(byOffset.data).toEqual(rest)
})
