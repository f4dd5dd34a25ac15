import {
  type Arrival,
  asanaBackfill,
  asanaSource,
  type Batch,
  deliver,
  memoryState,
  type SharedReader,
  sharedPages,
} from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { login, page, scriptedAsana } from '../support/scripted-asana.ts'
import { gidsOf, simulated } from '../support/simulated-world.ts'

const start = Date.parse('2026-02-01T10:00:10Z')
const access = { workspace: '1', token: 'secret' }

test('a batch says when its page came, also one that is read again', async () => {
  const clock = autoClock(start)
  await using asana = await scriptedAsana(page([login('1')], 'a'), page([], 'b'), page([login('2')], 'c'))
  const { baseUrl } = asana
  const times: (number | undefined)[] = []
  for await (const { events, receivedAt } of asanaSource({ ...access, baseUrl, clock }).read()) {
    if (events.length > 0) times.push(receivedAt)
    if (times.length < 2) continue
    // Between the two pages it waited, and time passes only by waiting.
    expect(times).toEqual([start, clock.now()])
    expect(clock.now()).toBeGreaterThan(start)
    break
  }
  await using again = await scriptedAsana(
    page([login('1')], 'a'),
    page([], 'b'),
    page([login('1')], 'c'),
    page([], null),
  )
  const source = asanaSource({ ...access, baseUrl: again.baseUrl, clock, once: true })
  const late: Batch<AuditLogEvent>[] = []
  for await (const one of source.read()) if (one.reread) late.push(one)
  expect(late.map(({ reread, receivedAt }) => [reread, receivedAt])).toEqual([['late', clock.now()]])
})

test('a batch of a backfill says it too', async () => {
  await using world = await simulated({ events: 300 })
  const { clock, workspace, url: baseUrl } = world
  const until = new Date(clock.now()).toISOString()
  const source = asanaBackfill({ workspace, token: 'simulator-token', baseUrl, clock, until, once: true })
  let events = 0
  for await (const one of source.read()) {
    events += one.events.length
    if (one.events.length > 0) expect(one.receivedAt).toBe(clock.now())
  }
  expect(events).toBe(300)
})

test('an event of a shared page came when the page did, to each pipeline in its own way', async () => {
  await using world = await simulated({ events: 300 })
  const { clock, workspace, url: baseUrl } = world
  const pages = sharedPages({ clock })
  const readers = ['first', 'second'].map((name) => pages.reader(name))
  const state = memoryState()
  const run = async (shared: SharedReader, more: { since?: string } = {}): Promise<Map<string, Arrival>> => {
    const came = new Map<string, Arrival>()
    const source = asanaSource({
      ...{ workspace, token: 'simulator-token', baseUrl, clock, shared, once: true, settledWindowMs: 0 },
      ...more,
    })
    await deliver({
      ...{ source, state, clock, pipeline: shared.name, sink: { write: async () => {} } },
      map: (event: AuditLogEvent) => event,
      onArrival: ({ gid }, arrival) => void came.set(gid, arrival),
    })
    return came
  }
  const cameAt = clock.now()
  const first = await run(readers[0]!)
  const requests = world.stats.requests
  await clock.sleep(5_000)
  const second = await run(readers[1]!)
  expect([...second.keys()]).toEqual(gidsOf(world.events))
  expect(first).toEqual(
    new Map(gidsOf(world.events).map((gid) => [gid, { receivedAt: cameAt, isRepeat: false }])),
  )
  // Only the empty page at the end was asked for again.
  expect(world.stats.requests).toBe(requests + 1)
  expect(second).toEqual(first)
})
