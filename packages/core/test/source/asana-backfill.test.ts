import { asanaBackfill, type Fact, fault, httpClient, memoryState, requestBudget } from '@asana-audit/core'
import type { FaultKind } from '@asana-audit/simulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { login, page, scriptedAsana } from '../support/scripted-asana.ts'
import { arrivals, gidsOf, run, simulated } from '../support/simulated-world.ts'

const kinds: readonly FaultKind[] = [429, 500, 503, 'reset', 'truncated', 'html', 'no-data', 'expired-offset']

const dayMs = 86_400_000

/** The start of each window asked for without an offset. */
function starts(urls: readonly string[]): (string | null)[] {
  const queries = urls.map((url) => new URL(url, 'http://localhost').searchParams)
  return queries.filter((query) => !query.has('offset')).map((query) => query.get('start_at'))
}

describe('a backfill in windows', () => {
  test('delivers everything once and in order, several requests at a time', async () => {
    await using world = await simulated({ events: 5_000, latencyMs: 10 })
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 20, windows: 4, settledWindowMs: 0 } })
    expect(sink.gids).toEqual(gidsOf(world.events))
    // A busy machine may never get to four.
    expect(world.stats.peakInFlight).toBeGreaterThan(1)
    expect(world.stats.peakInFlight).toBeLessThanOrEqual(4)
  })

  test('spends little of the quota on the pages that end its windows', async () => {
    await using world = await simulated({ events: 12_000 })
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 20, settledWindowMs: 0 } })
    expect(sink.gids).toHaveLength(12_000)
    expect(world.stats.requests).toBeLessThan((12_000 / 20) * 1.15)
  })

  test.each([
    ['even', 1.08],
    ['office hours', 1.15],
  ])('spread over 30 days, %s: asks at most %s times for each full page', async (density, most) => {
    await using world = await simulated({ events: density === 'even' ? 0 : 4_000, days: 30 })
    if (density === 'even') {
      const from = world.clock.now() - 30 * dayMs
      const times = Array.from({ length: 4_000 }, (_, n) => from + n * ((30 * dayMs) / 4_000))
      world.add(times.map((at, n) => login(String(n), new Date(at).toISOString())))
    }
    const since = new Date(world.clock.now() - 30 * dayMs).toISOString()
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 20, since, settledWindowMs: 0 } })
    expect(sink.gids).toHaveLength(4_000)
    expect(world.stats.requests / (4_000 / 20)).toBeLessThanOrEqual(most)
  })

  test('makes few requests for a log with few events', async () => {
    await using world = await simulated({ events: 200 })
    await run(world, { sink: arrivals(), backfill: { settledWindowMs: 0 } })
    expect(world.stats.requests).toBeLessThan(80)
  })

  test('makes windows shorter where days hold far more than the days before', async () => {
    const urls: string[] = []
    await using world = await simulated({
      events: 0,
      latencyMs: 1,
      onRequest: ({ url }) => urls.push(url),
    })
    const busyFrom = world.clock.now() - 20 * dayMs
    const quiet = Array.from({ length: 400 }, (_, n) => world.clock.now() - 80 * dayMs + n * 4_000_000)
    const busy = Array.from({ length: 6_000 }, (_, n) => busyFrom + n * 140_000)
    const times = [...quiet.filter((at) => at < world.clock.now()), ...busy].sort((a, b) => a - b)
    world.add(times.map((at, n) => login(String(n), new Date(at).toISOString())))
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 20, settledWindowMs: 0 } })
    expect(sink.gids).toEqual(gidsOf(world.events))
    const within = starts(urls).filter((start) => {
      const at = Date.parse(start ?? '')
      return at >= busyFrom && at < busyFrom + 6_000 * 140_000
    })
    expect(within.length).toBeGreaterThanOrEqual(3)
  })

  test('reads one window after the other where no more than one may be read at once', async () => {
    await using world = await simulated({ events: 100 })
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 20, windows: 1 } })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('reads any number of events of one instant', async () => {
    await using world = await simulated({ events: 0 })
    const at = new Date(world.clock.now() - dayMs).toISOString()
    world.add(Array.from({ length: 700 }, (_, n) => login(String(n), at)))
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 10 } })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('keeps to its window: the start counts, the end does not', async () => {
    await using world = await simulated({ events: 2_000 })
    const events = world.events
    const since = events[500]?.created_at ?? ''
    const until = events[1_500]?.created_at ?? ''
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 50, since, until } })
    const wanted = events.filter(({ created_at: at }) => at >= since && at < until)
    expect(sink.gids).toEqual(gidsOf(wanted))
  })

  test('nothing is missing, whatever fault meets any window and wherever it is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000 }),
          rate: fc.double({ min: 0, max: 0.4, noNaN: true }),
          limit: fc.integer({ min: 1, max: 60 }),
          windows: fc.integer({ min: 1, max: 10 }),
          aheadBytes: fc.constantFrom(1, 12_000, 10_000_000),
          equalTimes: fc.constantFrom(0, 0.3, 0.95),
          days: fc.constantFrom(0.01, 1, 80),
          expireAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
          stopAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
        }),
        async ({ seed, rate, limit, windows, aheadBytes, equalTimes, days, expireAt, stopAt }) => {
          const faults = { rate, seed, kinds }
          await using world = await simulated({ events: 150, seed, days, equalTimes, faults })
          const state = memoryState({ rememberMs: 100 * dayMs })
          let stop = new AbortController()
          const sink = arrivals((write) => {
            if (expireAt.includes(write)) world.expireOffsets()
            if (stopAt.includes(write)) stop.abort()
            if (write % 7 === 0) throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.' })
          })
          const until = new Date(world.clock.now()).toISOString()
          for (let life = 0; life <= stopAt.length; life += 1) {
            stop = new AbortController()
            await run(world, {
              ...{ sink, state, backfill: { limit, windows, aheadBytes, until } },
              deliver: { signal: stop.signal, graceMs: 0 },
            })
          }
          expect(new Set(sink.gids)).toEqual(new Set(gidsOf(world.events)))
          expect(sink.gids.length - world.events.length).toBeLessThanOrEqual(stopAt.length * limit)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('continues a window at its stored offset, and does not repeat what was delivered', async () => {
    await using world = await simulated({ events: 3_000 })
    const state = memoryState()
    const until = new Date(world.clock.now()).toISOString()
    const backfill = { limit: 20, until, settledWindowMs: 0 } as const
    const stop = new AbortController()
    const sink = arrivals((write) => {
      if (write === 40) stop.abort()
    })
    await run(world, { sink, state, backfill, deliver: { signal: stop.signal } })
    const before = sink.gids.length
    expect(before).toBeLessThan(3_000)
    await run(world, { sink, state, backfill })
    expect(sink.gids).toEqual(gidsOf(world.events))
    const { requests } = world.stats
    await run(world, { sink, state, backfill })
    expect(world.stats.requests).toBe(requests)
    expect(sink.gids).toHaveLength(3_000)
  })

  test('shares one budget among all windows, so that the quota of 1,500 a minute is never overdrawn', async () => {
    await using world = await simulated({ events: 1_600 })
    const budget = requestBudget({ clock: world.clock })
    const sink = arrivals()
    await run(world, { sink, backfill: { limit: 1, budget, settledWindowMs: 0 } })
    expect(world.stats.requests).toBeGreaterThan(1_500)
    expect(world.stats.byStatus['429']).toBeUndefined()
    expect(sink.gids).toEqual(gidsOf(world.events))
  })
})

test.each(['since', 'until'])(
  'a `%s` that is not a time is refused, and does not count as the end',
  async (name) => {
    await using world = await simulated({ events: 50 })
    const state = memoryState()
    const times = { since: new Date(world.clock.now() - dayMs).toISOString(), [name]: 'yesterday' }
    const running = run(world, { sink: arrivals(), state, backfill: times, deliver: { onFatal: 'reject' } })
    await expect(running).rejects.toMatchObject({ code: 'bad_time', message: expect.stringContaining(name) })
    expect(world.stats.requests).toBe(0)
  },
)

/** An HTTP client whose answers come in this coding. */
function coded(coding: string): ReturnType<typeof httpClient> {
  const http = httpClient()
  return {
    ...http,
    exchange: (asked) =>
      http.exchange({ ...asked, headers: { ...asked.headers, 'accept-encoding': coding } }),
  }
}

test.each([
  ['identity', 250_000, 560_000],
  // Held compressed, far more of it fits.
  ['gzip', 1_000_000, 5_000_000],
])(
  'what is read ahead as %s stays within its bytes however slow the destination is',
  async (coding, least, limit) => {
    await using http = coded(coding)
    /** Events served, by page: one that a cut window asked for again counts once. */
    const served = new Map<string, number>()
    await using world = await simulated({
      events: 5_000,
      onRequest: ({ url, events }) => {
        const query = new URL(url, 'http://localhost').searchParams
        served.set(query.get('offset') ?? query.get('start_at') ?? '', events)
      },
    })
    const source = asanaBackfill({
      ...{ workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, clock: world.clock },
      ...{ until: new Date(world.clock.now()).toISOString(), once: true, limit: 50, aheadBytes: 500_000 },
      ...{ settledWindowMs: 0, http },
    })
    let taken = 0
    let takenBytes = 0
    let most = 0
    for await (const { events, bytes = 0 } of source.read()) {
      taken += events.length
      takenBytes += bytes
      // The consumer is slower than the server can ever be: it waits until nothing moves any more.
      for (let before = -1; before !== world.stats.requests; ) {
        before = world.stats.requests
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      }
      most = Math.max(most, [...served.values()].reduce((sum, count) => sum + count, 0) - taken)
    }
    const eventBytes = takenBytes / taken
    expect(taken).toBe(5_000)
    expect(most * eventBytes).toBeGreaterThan(least)
    // The page whose turn it is comes on top.
    expect(most * eventBytes).toBeLessThan(limit + 2 * 50 * eventBytes)
  },
)

test('pages read ahead whose offsets expire while the destination is stuck for hours are read on by time', async () => {
  await using world = await simulated({ events: 1_000, days: 10, offsetTtlMs: 15 * 60_000 })
  const sink = arrivals((write) => {
    // Eight are taken, and then none for three hours.
    if (write % 26 < 8) return
    throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.', retryAfterMs: 10 * 60_000 })
  })
  const facts: Fact[] = []
  await run(world, {
    sink,
    backfill: { limit: 10, aheadBytes: 60_000, settledWindowMs: 0 },
    onFact: (fact) => facts.push(fact),
  })
  expect(facts.some(({ type }) => type === 'healed')).toBe(true)
  expect(sink.gids).toEqual(gidsOf(world.events))
})

test('times with a zone, fractions of a millisecond and windows that share an edge: each event once', async () => {
  await using world = await simulated({ events: 0, now: () => Date.parse('2026-01-02T12:00:00Z') })
  const minutes = Array.from({ length: 120 }, (_, n) => new Date(Date.UTC(2026, 0, 1, 22) + n * 60_000))
  const times = minutes.flatMap((at) =>
    ['000', '400', '999'].map((micros) => at.toISOString().replace('Z', `${micros}Z`)),
  )
  world.add(times.map((at, n) => login(String(n), at)))
  // From the second event of 22:30 to the first of 23:30.
  const [since, until] = ['2026-01-01T23:30:00.000400+01:00', '2026-01-02T01:30:00.000200+02:00']
  const sink = arrivals()
  await run(world, {
    sink,
    backfill: { limit: 5, windows: 3, aheadBytes: 20_000, since, until, settledWindowMs: 0 },
  })
  expect(sink.gids).toEqual(gidsOf(world.events).slice(91, 271))
})

test('what was read before a rewind is checked for repeats in each window that it reaches into', async () => {
  await using world = await simulated({ events: 0 })
  const newest = world.clock.now() - dayMs
  const at = (minutes: number): string => new Date(newest + minutes * 60_000).toISOString()
  world.add([login('before', at(-50)), login('newest', at(0)), login('after', at(30))])
  const facts: Fact[] = []
  const source = asanaBackfill({
    ...{ workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, clock: world.clock },
    ...{ until: at(380), settledWindowMs: 0, onFact: (fact) => void facts.push(fact) },
  })
  const position = { startAt: at(-60), begunAt: at(-600), newest: at(0), rereadUntil: at(0) }
  const batches = await Array.fromAsync(source.read(JSON.stringify({ v: 'backfill-1', ...position })))
  const borders = facts.flatMap((fact) => (fact.type === 'covered' ? [fact.upTo] : []))
  expect(borders, 'a window ends between the first two events').toContain(at(-5))
  const rereads = batches.flatMap(({ events, reread }) => events.map(({ gid }) => [gid, reread]))
  expect(rereads).toEqual([
    ['before', 'healing'],
    ['newest', 'healing'],
    ['after', undefined],
  ])
})

test('a server that gives no offset with its last events is read on by time, and ends', async () => {
  const second = login('2', '2026-02-01T11:20:00.000Z')
  await using asana = await scriptedAsana(
    page([login('1', '2026-02-01T11:10:00.000Z'), second], null),
    page([second], null),
  )
  const source = asanaBackfill({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, settledWindowMs: 0, windows: 1 },
    ...{ since: '2026-02-01T11:00:00Z', until: '2026-02-01T11:30:00Z' },
  })
  const batches = await Array.fromAsync(source.read())
  expect(batches.map(({ events, reread }) => [events.map(({ gid }) => gid), reread])).toEqual(
    expect.arrayContaining([
      [['1', '2'], undefined],
      [['2'], 'healing'],
    ]),
  )
})

test('says how much of the time range is covered, and what limits the speed', async () => {
  await using world = await simulated({ events: 1_000, days: 10 })
  const facts: Fact[] = []
  await run(world, { sink: arrivals(), backfill: { limit: 20 }, onFact: (fact) => facts.push(fact) })
  const covered = facts.filter((fact) => fact.type === 'covered')
  const times = covered.map(({ upTo }) => Date.parse(upTo))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(covered.at(-1)?.upTo).toBe(covered.at(-1)?.until)
  expect(['quota', 'latency', 'destination']).toContain(covered.at(-1)?.limitedBy)
})
