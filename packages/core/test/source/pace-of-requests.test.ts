import type { Sink } from '@asana-audit/core'
import type { SimulatorOptions } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { arrivals, gidsOf, type Run, run, simulated, type World } from '../support/simulated-world.ts'

const second = 1_000
const minute = 60 * second

interface Asked {
  readonly world: World
  /** When each request came, in milliseconds from the start. */
  readonly at: readonly number[]
}

/** The world after a run of so long, and when it was asked for pages. Nothing is read again, so that all of these are polls. */
async function asked(
  ms: number,
  simulator: SimulatorOptions,
  { source, sink }: Pick<Partial<Run>, 'source'> & { readonly sink?: (world: World) => Sink<string> } = {},
): Promise<Asked> {
  const at: number[] = []
  await using world = await simulated({
    ...simulator,
    onRequest() {
      const now = world.clock.now() - started
      if (now >= ms) stop.abort()
      else at.push(now)
    },
  })
  const started = world.clock.now()
  const stop = new AbortController()
  await run(world, {
    sink: arrivals(),
    source: { once: false, settledWindowMs: 0, ...source },
    deliver: { signal: stop.signal, ...(sink && { sink: sink(world) }) },
  })
  return { world, at }
}

const perHour = async (maxPollMs: number | undefined): Promise<number> =>
  (await asked(60 * minute, { events: 0 }, { source: { maxPollMs } })).at.length

describe('what a quiet tenant costs in an hour', () => {
  test('360 requests, and a few at the start, at the usual poll', async () => {
    const requests = await perHour(undefined)
    expect(requests).toBeGreaterThan(355)
    expect(requests).toBeLessThanOrEqual(364)
  })

  test('60 requests, and a few at the start, where it may wait for a minute', async () => {
    expect(await perHour(minute)).toBeLessThanOrEqual(65)
  })
})

describe('a busy tail of 20 events a second', () => {
  const busy = { events: 5, days: 1, growth: { perMinute: 1_200 } }

  test('asks once a second, and has every event within two seconds', async () => {
    const arrivedAt = new Map<string, number>()
    const { world, at } = await asked(5 * minute, busy, {
      sink: ({ clock }) => ({
        async write(gids) {
          for (const gid of gids) arrivedAt.set(gid, clock.now())
        },
      }),
    })
    expect(at.length).toBeLessThanOrEqual(5 * 60 + 3)
    const delays = world.events
      .slice(busy.events)
      .flatMap(({ gid, created_at: createdAt }) => (arrivedAt.get(gid) ?? Number.NaN) - Date.parse(createdAt))
      .filter((delay) => !Number.isNaN(delay))
    expect(delays.length).toBeGreaterThan(5 * 60 * 20 - 60)
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 * second)
  })
})

test('an event after a quiet time brings the wait back to a second', async () => {
  const { at } = await asked(
    20 * minute,
    { events: 0, growth: { perMinute: 0.1 } },
    { source: { maxPollMs: minute } },
  )
  const waits = at.slice(1).map((time, index) => time - at[index]!)
  const longest = waits.flatMap((wait, index) => (wait === minute ? [index] : []))
  expect(longest.length).toBeGreaterThan(3)
  expect(waits.slice(longest[0]).filter((wait) => wait === second).length).toBeGreaterThan(0)
})

test('a page that is not full is not the end: with `once` the source reads on at once to the empty page', async () => {
  await using world = await simulated({ events: 0 })
  const [first] = world.grow(3)
  const sink = arrivals()
  await run(world, { sink })
  expect(first).toBeDefined()
  expect(sink.gids).toEqual(gidsOf(world.events))
  expect(world.clock.waits.filter((ms) => ms >= second)).toEqual([])
})

test('pages that are small because larger ones are over the byte cap follow each other at once', async () => {
  await using world = await simulated({ events: 0 })
  world.grow(60)
  const stop = new AbortController()
  const sink = arrivals((write) => void (write === 2 && stop.abort()))
  const source = { once: false, settledWindowMs: 0, maxResponseBytes: 20_000 }
  await run(world, { sink, source, deliver: { signal: stop.signal } })
  expect(sink.gids).toHaveLength(20)
  expect(world.clock.waits.filter((ms) => ms === second)).toEqual([])
})

test('a stop ends the wait after a page that is not full', async () => {
  await using world = await simulated({ events: 0 })
  world.grow(3)
  const stop = new AbortController()
  const sink = arrivals(() => stop.abort())
  const started = world.clock.now()
  await run(world, { sink, source: { once: false, pollMs: 60 * minute }, deliver: { signal: stop.signal } })
  expect(sink.gids).toHaveLength(3)
  expect(world.clock.now() - started).toBeLessThan(minute)
})
