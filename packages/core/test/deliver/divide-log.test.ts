import { deliver, memoryState } from '@asana-audit/core'
import { backlogLeft, backlogUntil, divideLog, laneSource, liveUpTo } from '@asana-audit/core/backlog'
import { openStart } from '@asana-audit/core/ledger'
import { expect, test } from 'vitest'
import { arrivals, gidsOf, simulated, type World } from '../support/simulated-world.ts'

const access = ({ workspace, url }: World) => ({
  workspace,
  token: 'simulator-token',
  baseUrl: url,
  limit: 20,
})

test('a log of many pages is divided at the present, and its lanes, run one by one, deliver all of it', async () => {
  await using world = await simulated({ events: 500 })
  const { clock } = world
  const source = access(world)
  const { lanes, start, moved } = await divideLog({ source, clock, cursors: {} })
  expect(lanes).toEqual(['live', 'backlog'])
  expect(start).toBe(openStart)
  const cursors = Object.fromEntries(moved.map(({ lane, cursor }) => [lane, cursor]))
  expect(moved.map(({ lane }) => lane)).toEqual(['backlog', 'live'])
  expect(liveUpTo(cursors['live'] ?? '')).toBe(backlogUntil(cursors['backlog'] ?? ''))

  const claim = await memoryState().claim('test')
  const sink = arrivals()
  for (const { lane, cursor } of moved) {
    await claim.rewind(lane, cursor, Number.MAX_SAFE_INTEGER)
    const read = laneSource(lane, { ...source, clock, once: true })
    const at = await claim.lane(lane, read.fingerprint)
    await deliver({ source: read, sink, lane: at, clock, map: ({ gid }) => gid })
  }
  expect(sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
})

test('what is divided already needs no request: the lanes that are left are named', async () => {
  await using world = await simulated({ events: 500 })
  const { clock } = world
  const source = access(world)
  const { moved } = await divideLog({ source, clock, cursors: {} })
  const cursors = Object.fromEntries(moved.map(({ lane, cursor }) => [lane, cursor]))
  const { requests } = world.stats
  expect(await divideLog({ source, clock, cursors })).toEqual({
    lanes: ['live', 'backlog'],
    start: undefined,
    moved: [],
  })
  const settled = JSON.stringify({ ...JSON.parse(cursors['backlog'] ?? ''), settled: true })
  expect(backlogLeft(settled)).toBeUndefined()
  expect(await divideLog({ source, clock, cursors: { ...cursors, backlog: settled } })).toMatchObject({
    lanes: ['live'],
    moved: [],
  })
  expect(world.stats.requests).toBe(requests)
})

test('a log of a few pages is not divided', async () => {
  await using world = await simulated({ events: 40 })
  const divided = await divideLog({ source: access(world), clock: world.clock, cursors: {} })
  expect(divided).toEqual({ lanes: ['live'], start: openStart, moved: [] })
})

test('new events stay where they are if their offset is that of another pipeline, which began earlier', async () => {
  await using world = await simulated({ events: 500 })
  const { clock } = world
  const source = access(world)
  const until = new Date(clock.now()).toISOString()
  const backlog = JSON.stringify({ v: 'backfill-1', startAt: until, until, settled: true })
  const live = JSON.stringify({ v: 1, startAt: '2026-02-01T00:00:00Z', begunAt: until, offset: 'x' })
  expect(await divideLog({ source, clock, cursors: { backlog, live } })).toMatchObject({
    lanes: ['live'],
    moved: [],
  })
})
