import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AsanaSourceOptions,
  type AuditLogFilters,
  asanaSource,
  type Delivered,
  type DeliverOptions,
  deliver,
  type Fact,
  fault,
  memoryState,
  requestBudget,
  type Sink,
  type State,
} from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import type { AuditLogEvent } from '@asana-audit/schema'
import { type FaultKind, type Simulator, type SimulatorOptions, startSimulator } from '@asana-audit/simulator'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AutoClock, autoClock } from './auto-clock.ts'

const minute = 60_000
const day = 24 * 60 * minute

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-with-simulator-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type World = Simulator & AsyncDisposable & { readonly clock: AutoClock }

/** Simulator and connector live in one time, which passes only by waiting. */
async function simulated(options: SimulatorOptions = {}): Promise<World> {
  const clock = autoClock(Date.now())
  const simulator = await startSimulator({ now: clock.now, ...options })
  // Not a spread: `events` and `stats` are computed when they are read.
  return Object.assign(Object.create(simulator) as Simulator, {
    clock,
    [Symbol.asyncDispose]: () => simulator.close(),
  })
}

interface Arrivals extends Sink<string> {
  readonly gids: string[]
}

/** `before` runs before a write is taken, and may throw. */
function arrivals(before: (write: number) => void = () => {}): Arrivals {
  const gids: string[] = []
  let writes = 0
  return {
    gids,
    async write(records) {
      writes += 1
      before(writes)
      gids.push(...records)
    },
  }
}

interface Run {
  readonly sink: Arrivals
  readonly state?: State
  readonly source?: Partial<AsanaSourceOptions>
  readonly deliver?: Partial<DeliverOptions<AuditLogEvent, string>>
  readonly onEvent?: (fact: Fact) => void
}

/** One life of a process: claims the pipeline, delivers until caught up or stopped, and releases it. */
async function run(world: World, { sink, state = memoryState(), onEvent, ...more }: Run): Promise<Delivered> {
  const { clock } = world
  const access = { workspace: world.workspace, token: 'simulator-token', baseUrl: world.url }
  const source = asanaSource({ ...access, clock, once: true, onEvent, ...more.source })
  const claim = await state.claim('test')
  try {
    const lane = await claim.lane('live', source.fingerprint)
    return await deliver({ source, map: (event) => event.gid, sink, lane, clock, onEvent, ...more.deliver })
  } finally {
    await claim.release()
  }
}

const gidsOf = (events: readonly AuditLogEvent[]): string[] => events.map(({ gid }) => gid)

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
    expect(await run(world, { sink, state })).toEqual({ delivered: 5_000, quarantined: 0, repeats: 0 })
    world.grow(7)
    expect(await run(world, { sink, state })).toEqual({ delivered: 7, quarantined: 0, repeats: 0 })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('stopped after every few pages and started again, it delivers everything once', async () => {
    await using world = await simulated({ events: 1_000 })
    const sink = arrivals()
    for (let runs = 0; sink.gids.length < 1_000; runs += 1) {
      expect(runs).toBeLessThan(20)
      const stop = new AbortController()
      let pages = 0
      const onEvent = (fact: Fact): void => {
        if (fact.type === 'committed' && (pages += 1) === 3) stop.abort()
      }
      await run(world, { sink, state, onEvent, source: { limit: 40 }, deliver: { signal: stop.signal } })
    }
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('a process that ends between acceptance and commit repeats that page and no other', async () => {
    await using world = await simulated({ events: 500 })
    const sink = arrivals()
    const crash = new Error('power cut')
    const crashing: State = {
      ...state,
      async claim(pipeline) {
        const claim = await state.claim(pipeline)
        let commits = 0
        return {
          ...claim,
          async lane(name, fingerprint) {
            const lane = await claim.lane(name, fingerprint)
            return {
              ...lane,
              async commit(batch) {
                commits += 1
                if (commits === 3) throw fault({ fault: 'fatal', code: 'crash', message: crash.message })
                await lane.commit(batch)
              },
            }
          },
        }
      },
    }
    const source = { limit: 100 }
    await expect(
      run(world, { sink, state: crashing, source, deliver: { onFatal: 'reject' } }),
    ).rejects.toThrow('power cut')
    await run(world, { sink, state, source })
    const all = gidsOf(world.events)
    expect(sink.gids).toEqual([...all.slice(0, 300), ...all.slice(200)])
  })

  test('a week of standing still costs neither an event nor a repeat', async () => {
    await using world = await simulated({ events: 2_000, days: 1, growth: { perMinute: 0.5 } })
    const sink = arrivals()
    const healed: Fact[] = []
    await run(world, { sink, state })
    await world.clock.sleep(7 * day)
    const { repeats } = await run(world, {
      sink,
      state,
      onEvent: (fact) => fact.type === 'healed' && healed.push(fact),
    })
    expect(healed).toHaveLength(1)
    expect(repeats).toBeGreaterThan(0)
    expect(sink.gids.length).toBeGreaterThan(2_000 + 7 * 24 * 30 - 10)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })
})

describe('what is read', () => {
  const filters: [
    string,
    (one: AuditLogEvent) => AuditLogFilters,
    (event: AuditLogEvent, as: AuditLogEvent) => boolean,
  ][] = [
    ['type', (one) => ({ eventType: one.event_type }), (event, as) => event.event_type === as.event_type],
    [
      'kind of actor',
      (one) => ({ actorType: one.actor.actor_type }),
      (event, as) => event.actor.actor_type === as.actor.actor_type,
    ],
    ['actor', (one) => ({ actorGid: one.actor.gid }), (event, as) => event.actor.gid === as.actor.gid],
    [
      'e-mail of the actor',
      (one) => ({ actorEmail: one.actor.email?.toUpperCase() }),
      (event, as) => event.actor.email === as.actor.email,
    ],
    [
      'resource',
      (one) => ({ resourceGid: one.resource?.gid }),
      (event, as) => event.resource?.gid === as.resource?.gid,
    ],
    [
      'type and actor',
      (one) => ({ eventType: one.event_type, actorGid: one.actor.gid }),
      (event, as) => event.event_type === as.event_type && event.actor.gid === as.actor.gid,
    ],
  ]
  test.each(filters)(
    'only what matches a filter by %s, over many pages and an expired offset',
    async (_, filter, matches) => {
      await using world = await simulated({ events: 3_000, days: 2 })
      const one = world.events.find(({ actor, resource }) => actor.email && actor.gid && resource?.gid)
      if (!one) throw new Error('no event to filter by')
      const expected = world.events.filter((event) => matches(event, one))
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.length).toBeLessThan(3_000)
      const sink = arrivals((write) => {
        if (write === 2) world.expireOffsets()
      })
      await run(world, { sink, source: { filters: filter(one), limit: 10 } })
      expect(sink.gids).toEqual(gidsOf(expected))
    },
  )

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
    const onEvent = (fact: Fact): void => {
      if (fact.type === 'idle') idle += 1
    }
    await run(world, { sink, onEvent, source: { once: false, until, pollMs: 5_000 } })
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
    await run(world, {
      sink,
      source: { once: false, until, pollMs: 5 * minute },
      onEvent: (fact) => {
        if (fact.type === 'healed') healed += 1
      },
    })
    expect(healed).toBeGreaterThan(5)
    const expected = world.events.filter(({ created_at }) => Date.parse(created_at) < Date.parse(until))
    expect(sink.gids).toEqual(gidsOf(expected))
  })
})

describe('under faults', () => {
  const kinds: readonly FaultKind[] = [
    429,
    500,
    502,
    503,
    504,
    'reset',
    'truncated',
    'html',
    'no-data',
    'expired-offset',
  ]
  const histories = [0.05, 0.1].flatMap((rate) => [1, 2, 3, 4].map((seed) => ({ rate, seed })))

  test.each(histories)(
    'a share of $rate with seed $seed loses and repeats nothing',
    async ({ rate, seed }) => {
      await using world = await simulated({ events: 3_000, seed, days: 2, faults: { rate, seed, kinds } })
      const sink = arrivals((write) => {
        if (write % 10 === 0) throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.' })
      })
      await run(world, { sink, source: { limit: 20 } })
      expect(Object.values(world.stats.byFault).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      expect(sink.gids).toEqual(gidsOf(world.events))
    },
  )

  test('half of all events at the time of the one before: none is lost at the edge of a page or of a re-read', async () => {
    await using world = await simulated({ events: 1_000, days: 1, equalTimes: 0.9 })
    const sink = arrivals((write) => {
      if (write % 5 === 0) world.expireOffsets()
    })
    const { repeats } = await run(world, { sink, source: { limit: 13 } })
    expect(repeats).toBeGreaterThan(0)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('whatever page size, faults, expiry, stops and refusals come together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000 }),
          rate: fc.double({ min: 0, max: 0.5, noNaN: true }),
          limit: fc.integer({ min: 1, max: 60 }),
          equalTimes: fc.constantFrom(0, 0.3, 0.95),
          expireAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
          stopAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
        }),
        async ({ seed, rate, limit, equalTimes, expireAt, stopAt }) => {
          const faults = { rate, seed, kinds }
          await using world = await simulated({ events: 150, seed, days: 0.2, equalTimes, faults })
          const state = memoryState()
          let stop = new AbortController()
          let commits = 0
          const sink = arrivals((write) => {
            if (expireAt.includes(write)) world.expireOffsets()
            if (write % 7 === 3) throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.' })
          })
          const onEvent = (fact: Fact): void => {
            if (fact.type === 'committed' && stopAt.includes((commits += 1))) stop.abort()
          }
          do {
            stop = new AbortController()
            await run(world, { sink, state, onEvent, source: { limit }, deliver: { signal: stop.signal } })
          } while (stop.signal.aborted)
          expect(sink.gids).toEqual(gidsOf(world.events))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe("within Asana's limits", () => {
  test('a quota too small for the job is waited for as asked, and everything arrives', async () => {
    await using world = await simulated({ events: 2_000, requestsPerMinute: 15 })
    const sink = arrivals()
    await run(world, { sink, source: { limit: 20 } })
    expect(world.stats.byStatus['429']).toBeGreaterThan(0)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('readers that share a budget never go over the limits of the token', async () => {
    await using world = await simulated({
      events: 1_000,
      requestsPerMinute: 300,
      maxInFlight: 3,
      latencyMs: 1,
    })
    const budget = requestBudget({ perMinute: 240, inFlight: 3, clock: world.clock })
    const sinks = Array.from({ length: 8 }, () => arrivals())
    await Promise.all(sinks.map((sink) => run(world, { sink, source: { limit: 25, budget } })))
    expect(world.stats.requests).toBeGreaterThan(320)
    expect(world.stats.byStatus['429']).toBeUndefined()
    expect(world.stats.peakInFlight).toBe(3)
    for (const { gids } of sinks) expect(gids).toEqual(gidsOf(world.events))
  })

  test('readers without one still lose nothing', async () => {
    await using world = await simulated({ events: 500, maxInFlight: 2, latencyMs: 1 })
    const sinks = Array.from({ length: 6 }, () => arrivals())
    await Promise.all(sinks.map((sink) => run(world, { sink, source: { limit: 25 } })))
    expect(world.stats.byStatus['429']).toBeGreaterThan(0)
    for (const { gids } of sinks) expect(gids).toEqual(gidsOf(world.events))
  })
})
