import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuditLogFilters, type Fact, fault, memoryState, type State } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import type { AuditLogEvent } from '@asana-audit/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { arrivals, gidsOf, run, simulated } from '../support/simulated-world.ts'

const minute = 60_000
const day = 24 * 60 * minute

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-with-simulator-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.each<[string, () => State]>([
  ['memory', () => memoryState()],
  ['SQLite', () => sqliteState({ path: join(folder, 'state.db') })],
])('with the state in %s,', (_, open) => {
  let state: State
  beforeEach(() => {
    state = open()
  })
  afterEach(() => state.close())

  test('a run delivers everything there is once and in order, and the next one what came since', async () => {
    await using world = await simulated({ events: 5_000 })
    const sink = arrivals()
    expect(await run(world, { sink, state })).toMatchObject({ delivered: 5_000, quarantined: 0 })
    world.grow(7)
    expect(await run(world, { sink, state })).toMatchObject({ delivered: 7, quarantined: 0 })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('stopped after every few pages and started again, it delivers everything once', async () => {
    await using world = await simulated({ events: 1_000 })
    const sink = arrivals()
    for (let runs = 0; sink.gids.length < 1_000; runs += 1) {
      expect(runs).toBeLessThan(20)
      const stop = new AbortController()
      let pages = 0
      const onFact = (fact: Fact): void => {
        if (fact.type === 'committed') pages += 1
        if (pages === 3) stop.abort()
      }
      await run(world, { sink, state, onFact, source: { limit: 40 }, deliver: { signal: stop.signal } })
    }
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('a process that ends between acceptance and commit repeats that page and no other', async () => {
    await using world = await simulated({ events: 500 })
    const sink = arrivals()
    let commits = 0
    const beforeCommit = (): void => {
      commits += 1
      if (commits === 3) throw fault({ fault: 'fatal', code: 'crash', message: 'Power cut.' })
    }
    const source = { limit: 100 }
    const cut = run(world, { sink, state, source, beforeCommit, deliver: { onFatal: 'reject' } })
    await expect(cut).rejects.toThrow('Power cut.')
    await run(world, { sink, state, source })
    const all = gidsOf(world.events)
    expect(sink.gids).toEqual([...all.slice(0, 300), ...all.slice(200)])
  })

  test('a week of standing still costs neither an event nor a repeat', async () => {
    await using world = await simulated({ events: 2_000, days: 1, growth: { perMinute: 0.5 } })
    const sink = arrivals()
    await run(world, { sink, state })
    await world.clock.sleep(7 * day)
    let healed = 0
    const onFact = (fact: Fact): void => {
      if (fact.type === 'healed') healed += 1
    }
    const { repeats } = await run(world, { sink, state, onFact })
    expect(healed).toBe(1)
    expect(repeats).toBeGreaterThan(0)
    expect(sink.gids.length).toBeGreaterThan(2_000 + 7 * 24 * 30 - 10)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })
})

describe('what is read', () => {
  const valuesOf = ({ event_type, actor, resource }: AuditLogEvent): AuditLogFilters => ({
    eventType: event_type,
    actorType: actor.actor_type ?? undefined,
    actorGid: actor.gid ?? undefined,
    actorEmail: actor.email ?? undefined,
    resourceGid: resource?.gid ?? undefined,
  })
  const filters: { by: (keyof AuditLogFilters)[] }[] = [
    { by: ['eventType'] },
    { by: ['actorType'] },
    { by: ['actorGid'] },
    { by: ['actorEmail'] },
    { by: ['resourceGid'] },
    { by: ['eventType', 'actorGid'] },
  ]
  test.each(filters)('only what matches filters by $by, also when offsets expire', async ({ by }) => {
    await using world = await simulated({ events: 3_000, days: 2 })
    // Somebody who did something to the own account, as at every login: such events come again.
    const one = world.events.find(
      (event) =>
        event.actor.gid === event.resource?.gid &&
        Object.values(valuesOf(event)).every((value) => value !== undefined),
    )
    if (!one) throw new Error('no event to filter by')
    const expected = world.events.filter((event) =>
      by.every((name) => valuesOf(event)[name] === valuesOf(one)[name]),
    )
    expect(expected.length).toBeGreaterThan(1)
    expect(expected.length).toBeLessThan(3_000)
    const sink = arrivals((write) => {
      if (write === 2) world.expireOffsets()
    })
    const wanted: AuditLogFilters = Object.fromEntries(by.map((name) => [name, valuesOf(one)[name]]))
    await run(world, { sink, source: { filters: wanted, limit: 5 } })
    expect(sink.gids).toEqual(gidsOf(expected))
  })

  test('a closed window: its beginning belongs to it, its end does not', async () => {
    await using world = await simulated({ events: 1_000 })
    const since = world.events[200]?.created_at ?? ''
    const until = world.events[700]?.created_at ?? ''
    const sink = arrivals()
    await run(world, { sink, source: { since, until, once: false } })
    expect(sink.gids).toEqual(gidsOf(world.events.slice(200, 700)))
  })

  test('a filter nothing has matched yet waits for the first match without an offset', async () => {
    await using world = await simulated({ events: 0, growth: { perMinute: 1 } })
    const sink = arrivals()
    const until = new Date(world.clock.now() + 30 * minute).toISOString()
    await run(world, { sink, source: { once: false, until } })
    expect(sink.gids).toHaveLength(30)
    expect(sink.gids).toEqual(gidsOf(world.events).slice(0, 30))
  })

  test('events that go on happening are tailed as they come', async () => {
    await using world = await simulated({ events: 500, growth: { perMinute: 90 } })
    const sink = arrivals()
    let idle = 0
    const until = new Date(world.clock.now() + 20 * minute).toISOString()
    const onFact = (fact: Fact): void => {
      if (fact.type === 'idle') idle += 1
    }
    await run(world, { sink, onFact, source: { once: false, until, pollMs: 5_000 } })
    const expected = world.events.filter(({ created_at }) => Date.parse(created_at) < Date.parse(until))
    expect(expected.length).toBeGreaterThan(500 + 20 * 90 - 5)
    expect(sink.gids).toEqual(gidsOf(expected))
    expect(idle).toBeGreaterThan(100)
  })

  test('offsets that expire between two polls are healed again and again', async () => {
    await using world = await simulated({
      events: 200,
      days: 1,
      growth: { perMinute: 2 },
      offsetTtlMs: minute,
    })
    const sink = arrivals()
    let healed = 0
    const until = new Date(world.clock.now() + 60 * minute).toISOString()
    const onFact = (fact: Fact): void => {
      if (fact.type === 'healed') healed += 1
    }
    await run(world, { sink, onFact, source: { once: false, until, pollMs: 5 * minute } })
    expect(healed).toBeGreaterThan(5)
    const expected = world.events.filter(({ created_at }) => Date.parse(created_at) < Date.parse(until))
    expect(sink.gids).toEqual(gidsOf(expected))
  })
})
