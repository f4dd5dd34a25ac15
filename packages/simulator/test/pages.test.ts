import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../src/index.ts'
import { ask, bodyOf, eventAt, gids, readAll } from './client.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ events: 400, requestsPerMinute: Infinity, equalTimes: 0.3 })
})
afterAll(() => simulator.close())

test('pages have the oldest events first, and events of equal times in their order of arrival', async () => {
  const own = await startSimulator({
    now: () => Date.parse('2026-11-02T00:00:00Z'),
    events: [
      eventAt('2026-11-01T10:00:00.002Z', 'third'),
      eventAt('2026-11-01T10:00:00.001Z', 'first'),
      eventAt('2026-11-01T12:00:00.001+02:00', 'second'),
    ],
  })
  expect(gids((await ask(own)).data)).toEqual(['first', 'second', 'third'])
  expect(gids(own.events)).toEqual(['first', 'second', 'third'])
  await own.close()
})

test('there is a next page only after the filter has matched an event', async () => {
  const own = await startSimulator({ events: 50 })
  const none = await ask(own, { actor_gid: '1' })
  expect(none).toMatchObject({ status: 200, data: [], next: null })
  own.add([{ ...eventAt(new Date().toISOString(), '77'), actor: { actor_type: 'user', gid: '1' } }])
  const first = await ask(own, { actor_gid: '1' })
  expect(gids(first.data)).toEqual(['77'])
  const second = await ask(own, { actor_gid: '1', offset: String(first.next?.offset) })
  expect(second.data).toEqual([])
  expect(second.next?.offset).toEqual(expect.any(String))
  await own.close()
})

test('every answer has a new offset, also an empty page, and each can be continued', async () => {
  const { offset } = await readAll(simulator)
  const seen = new Set<string>()
  let latest = String(offset)
  for (let poll = 0; poll < 5; poll++) {
    const reply = await ask(simulator, { offset: latest })
    expect(reply.data).toEqual([])
    latest = String(reply.next?.offset)
    seen.add(latest)
  }
  expect(seen.size).toBe(5)
})

test('next_page has limit, filters and offset: path is relative to the base, uri is complete', async () => {
  const { next } = await ask(simulator, {
    actor_type: 'user',
    limit: 2,
    start_at: '2020-01-01T00:00:00+01:00',
  })
  const query = `limit=2&start_at=2020-01-01T00%3A00%3A00%2B01%3A00&actor_type=user&offset=${next?.offset}`
  expect(next?.path).toBe(`/workspaces/1234567890123456/audit_log_events?${query}`)
  expect(next?.uri).toBe(`${simulator.url}${next?.path}`)
  const response = await fetch(String(next?.uri), { headers: { authorization: 'Bearer simulator-token' } })
  expect((await bodyOf(response)).data).toHaveLength(2)
})

test('events of any shape are served unchanged', async () => {
  const time = '2026-11-01T10:00:00.000Z'
  const odd = [{ created_at: 'never' }, null, 5, { ...eventAt(time, '9'), actor: null }]
  const own = await startSimulator({ events: odd, now: () => Date.parse(time) })
  expect((await ask(own)).data).toEqual(odd)
  expect((await ask(own, { event_type: 'task_deleted' })).data).toEqual([odd[3]])
  await own.close()
})

test('an event without a readable time keeps its place in the order of arrival', async () => {
  const [first, last] = [eventAt('2026-11-01T10:00:00Z', '1'), eventAt('2026-11-01T11:00:00Z', '3')]
  const unreadable = eventAt('2026-02-30T00:00:00Z', '2')
  const own = await startSimulator({
    events: [first, unreadable, last],
    now: () => Date.parse('2026-11-01T12:00:00Z'),
  })
  expect(gids((await ask(own)).data)).toEqual(['1', '2', '3'])
  await own.close()
})

interface Asked {
  limit?: number
  start_at?: string
  end_at?: string
  event_type?: string
  actor_type?: string
  actor_gid?: string
  resource_gid?: string
}

/** The rule in its simplest form: both bounds by time, everything else by equality. */
function matches(event: AuditLogEvent, asked: Asked): boolean {
  const at = Date.parse(event.created_at)
  return (
    (!asked.start_at || at >= Date.parse(asked.start_at)) &&
    (!asked.end_at || at < Date.parse(asked.end_at)) &&
    (!asked.event_type || event.event_type === asked.event_type) &&
    (!asked.actor_type || event.actor.actor_type === asked.actor_type) &&
    (!asked.actor_gid || event.actor.gid === asked.actor_gid) &&
    (!asked.resource_gid || event.resource?.gid === asked.resource_gid)
  )
}

/** Filters with values of existing events, so that most of them match something. */
function askedOf(events: readonly AuditLogEvent[]): fc.Arbitrary<Asked> {
  const some = fc.constantFrom(...events)
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
  return fc
    .record({
      limit: maybe(fc.integer({ min: 1, max: 100 })),
      start_at: maybe(some.map((event) => event.created_at)),
      end_at: maybe(some.map((event) => event.created_at)),
      event_type: maybe(some.map((event) => event.event_type)),
      actor_type: maybe(fc.constantFrom('user', 'asana', 'anonymous', 'external_administrator')),
      actor_gid: maybe(some.map((event) => event.actor.gid ?? '0')),
      resource_gid: maybe(some.map((event) => event.resource?.gid ?? '0')),
    })
    .map((asked) => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)))
}

test('reading to the empty page gives exactly the matching events in order, for any limit and filters', async () => {
  const events = simulator.events
  await fc.assert(
    fc.asyncProperty(askedOf(events), async (asked) => {
      const read = await readAll(simulator, { ...asked })
      expect(read.events).toEqual(events.filter((event) => matches(event, asked)))
    }),
    { numRuns: 150 },
  )
})

test('reading gives every event in order even if half of all attempts fail, for any seed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 3, max: 60 }), async (seed, limit) => {
      const own = await startSimulator({
        events: 170,
        seed,
        requestsPerMinute: Infinity,
        faults: { seed, rate: 0.5, retryAfterSeconds: 0 },
      })
      const read = await readAll(own, { limit })
      expect(read.events).toEqual(own.events)
      expect(read.events).toHaveLength(170)
      await own.close()
    }),
    { numRuns: 25 },
  )
})
