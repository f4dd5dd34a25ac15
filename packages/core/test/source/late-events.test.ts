import { asanaSource, deliver, type Fact, fault, memoryState } from '@asana-audit/core'
import type { SimulatorOptions } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { login, page, scriptedAsana } from '../support/scripted-asana.ts'
import { arrivals, gidsOf, run, simulated, type World } from '../support/simulated-world.ts'

const now = Date.parse('2026-02-01T12:00:00Z')
const date = new Date(now).toUTCString()

test('after it has caught up, the source reads the settled window again by time, without moving the cursor', async () => {
  await using asana = await scriptedAsana(
    { ...page([login('1', '2026-02-01T11:50:00Z')], 'a'), headers: { date } },
    { ...page([], 'b'), headers: { date } },
    {
      ...page([login('late', '2026-02-01T11:40:00Z'), login('1', '2026-02-01T11:50:00Z')], 'x'),
      headers: { date },
    },
    { ...page([], 'y'), headers: { date } },
  )
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true },
    filters: { resourceGid: '7' },
  })
  const batches = await Array.fromAsync(source.read())
  expect(batches.map(({ reread }) => reread)).toEqual([undefined, undefined, 'late'])
  const positions = batches.map(({ cursor }) => JSON.parse(cursor) as Record<string, unknown>)
  expect(positions[2]).toEqual({ ...positions[1], rereadUntil: '2026-02-01T11:50:00Z' })
  expect(asana.requests.slice(2).map(({ query }) => query)).toEqual([
    { start_at: '2026-02-01T11:15:00.000Z', end_at: '2026-02-01T11:50:00.001Z', resource_gid: '7' },
    {
      start_at: '2026-02-01T11:15:00.000Z',
      end_at: '2026-02-01T11:50:00.001Z',
      resource_gid: '7',
      offset: 'x',
    },
  ])
})

test('a last look by clocks that were hours ahead does not put the next one off', async () => {
  const at = (time: string): string => `2026-02-01T${time}.000Z`
  const late = login('late', at('11:40:00'))
  await using asana = await scriptedAsana(
    { ...page([], 'b'), headers: { date } },
    { ...page([late], 'x'), headers: { date } },
    { ...page([], 'y'), headers: { date } },
  )
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now) },
  })
  const position = { startAt: at('08:00:00'), newest: at('11:50:00'), settledAt: at('22:00:00') }
  const found: string[] = []
  for await (const { events, reread } of source.read(JSON.stringify({ v: 1, offset: 'a', ...position }))) {
    if (reread === 'late') found.push(...events.map(({ gid }) => gid))
    if (asana.requests.length > 3) break
  }
  expect(found).toEqual(['late'])
  // By our clock alone nothing is judged that it has not reached: the page comes first.
  expect(asana.requests.slice(0, 2).map(({ query }) => query)).toEqual([
    { start_at: at('08:00:00'), offset: 'a' },
    { start_at: at('11:15:00'), end_at: at('11:50:00').replace('000Z', '001Z') },
  ])
})

test('nothing from before the start is read again', async () => {
  const since = '2026-02-01T11:45:00.000Z'
  await using asana = await scriptedAsana(
    { ...page([login('1', '2026-02-01T11:50:00Z')], 'a'), headers: { date } },
    { ...page([], 'b'), headers: { date } },
  )
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true, since },
  })
  await Array.fromAsync(source.read())
  expect(asana.requests[2]?.query).toEqual({ start_at: since, end_at: '2026-02-01T11:50:00.001Z' })
})

test('what lies behind is read again before the next page is asked for, once that is due', async () => {
  const at = (time: string): string => `2026-02-01T${time}.000Z`
  await using asana = await scriptedAsana({ ...page([], 'b'), headers: { date } })
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true },
  })
  const position = { startAt: at('08:00:00'), newest: at('11:50:00'), settledAt: at('11:40:00') }
  await Array.fromAsync(source.read(JSON.stringify({ v: 1, offset: 'a', ...position })))
  expect(asana.requests[0]?.query).toMatchObject({ start_at: at('10:55:00') })
})

test.each([
  ['recent', page([login('2', '2026-02-01T11:50:00Z')], 'b')],
  ['empty', page([], 'b')],
])('a position notes since when late events are possible: the first %s page', async (_, answer) => {
  const old = page([login('1', '2026-01-01T00:00:00Z')], 'a')
  await using asana = await scriptedAsana(
    ...[old, answer, page([], 'c')].map((one) => ({ ...one, headers: { date } })),
  )
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true },
  })
  const batches = await Array.fromAsync(source.read())
  const noted = batches.map(({ cursor }) => (JSON.parse(cursor) as { settledAt?: string }).settledAt)
  expect(noted.slice(0, 2)).toEqual([undefined, '2026-02-01T12:00:00.000Z'])
})

test('nothing new since: from the first empty page after something came', async () => {
  const news = page([login('1', '2026-01-01T00:00:00Z')], 'b')
  const script = [page([], 'a'), page([], 'a'), news, page([], 'c'), page([], 'c')]
  await using asana = await scriptedAsana(...script.map((one) => ({ ...one, headers: { date } })))
  const clock = autoClock(now)
  const since: string[] = []
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock, settledWindowMs: 0, pollMs: 60_000 },
    onFact: (fact) => {
      if (fact.type === 'idle') since.push(fact.since.slice(11, 19))
    },
  })
  for await (const _ of source.read()) if (since.length === 4) break
  expect(since).toEqual(['12:00:00', '12:00:00', '12:00:06', '12:00:06'])
})

test('a position older than the retention is reported once, however long nothing new comes', async () => {
  await using asana = await scriptedAsana({ ...page([], 'b'), headers: { date } })
  const facts: Fact[] = []
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now) },
    onFact: (fact) => facts.push(fact),
  })
  const old = { startAt: '2025-08-01T00:00:00Z', newest: '2025-09-01T00:00:00Z' }
  let polls = 0
  for await (const _ of source.read(JSON.stringify({ v: 1, offset: 'a', ...old }))) {
    polls += 1
    if (polls === 3) break
  }
  expect(facts.filter(({ type }) => type === 'possible_loss')).toEqual([
    { type: 'possible_loss', from: old.newest, until: '2025-11-03T12:00:00.000Z' },
  ])
})

test('nothing is read again without recent events, or with settledWindowMs 0', async () => {
  const old = { ...page([login('1', '2026-01-01T00:00:00Z')], 'a'), headers: { date } }
  await using asana = await scriptedAsana(old, { ...page([], 'b'), headers: { date } })
  const options = { workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true }
  await Array.fromAsync(asanaSource(options).read())
  expect(asana.requests).toHaveLength(2)
  await using recent = await scriptedAsana(page([login('1', '2026-02-01T11:59:00Z')], 'a'), page([], 'b'))
  await Array.fromAsync(asanaSource({ ...options, baseUrl: recent.baseUrl, settledWindowMs: 0 }).read())
  expect(recent.requests).toHaveLength(2)
})

test('an event that shows up behind the tail is delivered once, counted as late, and its delay is measured', async () => {
  await using world = await simulated({ events: 300, days: 1, lateEvents: 'hidden' })
  const sink = arrivals()
  const facts: Fact[] = []
  const stop = new AbortController()
  const [newest] = world.events.slice(-1)
  const createdAt = new Date(Date.parse(newest?.created_at ?? '') - 5 * 60_000).toISOString()
  let added = false
  await run(world, {
    sink,
    state: memoryState({ rememberMs: 26 * 3_600_000 }),
    source: { once: false, settledWindowMs: 24 * 3_600_000 },
    deliver: { signal: stop.signal },
    onFact: (fact) => {
      facts.push(fact)
      if (fact.type === 'idle' && !added) {
        added = true
        world.add([{ ...newest, gid: '4242', created_at: createdAt }])
      }
      if (fact.type === 'committed' && facts.some(({ type }) => type === 'late')) stop.abort()
    },
  })
  const late = facts.filter((fact) => fact.type === 'late')
  expect(late).toMatchObject([{ id: '4242' }])
  expect(late[0]?.delayMs).toBeGreaterThan(5 * 60_000)
  expect(sink.gids).toHaveLength(301)
  expect(new Set(sink.gids)).toEqual(new Set(gidsOf(world.events)))
})

describe('an event that shows up late is found', () => {
  const minute = 60_000
  /** Nothing but the second look finds it: no offset expires, and what is behind one stays hidden. */
  const hidden = { lateEvents: 'hidden', offsetTtlMs: 48 * 60 * minute } as const

  test('at the next start, where it showed up while nobody was reading', async () => {
    await using world = await caughtUp()
    const state = memoryState()
    const sink = arrivals()
    await run(world, { sink, state })
    world.add([lateBy(world, 20 * minute)])
    await world.clock.sleep(10 * 60 * minute)
    world.add([{ ...login('after'), created_at: new Date(world.clock.now()).toISOString() }])
    await run(world, { sink, state })
    expect(sink.gids).toContain('late')
    expect(sink.gids).toHaveLength(53)
  })

  test('while running, also where it is nearly as late as the window is long', async () => {
    await using world = await caughtUp()
    const started = world.clock.now()
    const stop = new AbortController()
    const sink = arrivals()
    let added = false
    await run(world, {
      sink,
      source: { once: false },
      deliver: { signal: stop.signal },
      onFact(fact) {
        const since = world.clock.now() - started
        if (!added && since > 40 * minute) {
          added = true
          world.add([lateBy(world, 44 * minute)])
        }
        if (since > 70 * minute && fact.type === 'committed') stop.abort()
      },
    })
    expect(sink.gids).toContain('late')
    expect(sink.gids).toHaveLength(52)
  })

  test('after the destination was down for hours', async () => {
    await using world = await caughtUp({ growth: { perMinute: 1 } })
    const stop = new AbortController()
    const sink = arrivals((write) => {
      if (write === 3) world.add([lateBy(world, 20 * minute)])
      if (write < 3 || write >= 33) return
      throw fault({ fault: 'temporary', code: 'down', message: 'down', retryAfterMs: 10 * minute })
    })
    await run(world, {
      sink,
      source: { once: false, pollMs: 5 * minute },
      deliver: { signal: stop.signal },
      onFact(fact) {
        if (fact.type === 'idle' && sink.gids.length > 300) stop.abort()
      },
    })
    expect(sink.gids).toContain('late')
    expect(new Set(sink.gids).size).toBe(sink.gids.length)
  })

  test('where a window longer than the overlap was asked for, and the offset has expired', async () => {
    await using world = await caughtUp()
    const state = memoryState({ rememberMs: 24 * 60 * minute })
    const sink = arrivals()
    const source = { settledWindowMs: 6 * 60 * minute }
    await run(world, { sink, state, source })
    await world.clock.sleep(60 * minute)
    world.expireOffsets()
    await run(world, { sink, state, source })
    world.add([lateBy(world, 5 * 60 * minute)])
    await world.clock.sleep(15 * minute)
    await run(world, { sink, state, source })
    expect(sink.gids).toContain('late')
    expect(sink.gids).toHaveLength(52)
  })

  test('with `once`, by the first run after fifteen minutes; a run before that makes one request', async () => {
    await using world = await caughtUp()
    const state = memoryState()
    const sink = arrivals()
    await run(world, { sink, state })
    world.add([lateBy(world, 20 * minute)])
    const { requests } = world.stats
    await run(world, { sink, state })
    expect(world.stats.requests - requests).toBe(1)
    expect(sink.gids).not.toContain('late')
    await world.clock.sleep(15 * minute)
    await run(world, { sink, state })
    expect(sink.gids).toContain('late')
    expect(sink.gids).toHaveLength(52)
  })

  /** With an event of this very moment, so that what is late is behind it. */
  async function caughtUp(more: SimulatorOptions = {}): Promise<World> {
    const world = await simulated({ events: 50, days: 1, ...hidden, ...more })
    world.add([{ ...login('newest'), created_at: new Date(world.clock.now()).toISOString() }])
    return world
  }

  /** Happened so long before now. */
  function lateBy(world: World, ms: number): ReturnType<typeof login> {
    return { ...login('late'), created_at: new Date(world.clock.now() - ms).toISOString() }
  }
})

test('an event that is late and still before the tail arrives once', async () => {
  await using world = await simulated({
    events: 200,
    days: 1,
    lateEvents: 'visible',
    growth: { perMinute: 2, lateShare: 0.5 },
  })
  const sink = arrivals()
  const stop = new AbortController()
  let idle = 0
  await run(world, {
    sink,
    source: { once: false, rereadEveryMs: 60_000 },
    deliver: { signal: stop.signal },
    onFact: (fact) => {
      if (fact.type === 'idle' && ++idle === 200) stop.abort()
    },
  })
  expect(new Set(sink.gids).size).toBe(sink.gids.length)
  expect(sink.gids.length).toBeGreaterThan(210)
})

test('events outside of the requested window are ignored', async () => {
  const recent = login('2', '2026-02-01T11:50:00Z')
  const everything = page(
    [login('0', '2026-02-01T11:14:30Z'), recent, login('3', '2026-02-01T11:59:00Z')],
    'x',
  )
  await using asana = await scriptedAsana(
    { ...page([login('1', '2026-01-01T00:00:00Z'), recent], 'a'), headers: { date } },
    { ...page([], 'b'), headers: { date } },
    { ...everything, headers: { date } },
    { ...page([], 'y'), headers: { date } },
  )
  const options = { workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true }
  const reread: string[] = []
  for await (const batch of asanaSource(options).read()) {
    if (batch.reread) reread.push(...batch.events.map(({ gid }) => gid))
  }
  expect(reread).toEqual(['2'])
})

test('a malformed event is quarantined once, with or without an id, however often it is read again', async () => {
  const { gid: _, ...nameless } = login('1', '2026-02-01T11:55:00Z')
  const timeless = { ...login('9'), created_at: 'soon' }
  const data = [nameless, timeless, 'nonsense', login('2', '2026-02-01T11:56:00Z')]
  await using asana = await scriptedAsana(
    { ...page(data, 'a'), headers: { date } },
    { ...page([], 'b'), headers: { date } },
    { ...page(data, 'x'), headers: { date } },
    { ...page([], 'y'), headers: { date } },
  )
  const options = { workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true }
  const claim = await memoryState().claim('test')
  const source = asanaSource(options)
  const sink = arrivals()
  const lane = await claim.lane('live', source.fingerprint)
  const result = await deliver({ source, sink, lane, map: (event) => event.gid, clock: autoClock(now) })
  expect(asana.requests).toHaveLength(4)
  expect(result).toEqual({ delivered: 1, quarantined: 3, repeats: 4 })
})

test('a malformed event that a re-read found is not quarantined again when the tail reads it', async () => {
  const nameless = { ...login('8', '2026-02-01T11:45:00Z'), actor: null }
  const timeless = { ...login('9'), created_at: 'soon' }
  const first = login('1', '2026-02-01T11:50:00Z')
  const answers = [
    page([first], 'a'),
    page([], 'b'),
    page([nameless, timeless, first], 'x'),
    page([], 'y'),
    page([nameless, login('2', '2026-02-01T11:58:00Z')], 'c'),
    page([timeless, login('3', '2026-02-01T11:59:00Z')], 'd'),
    page([], 'e'),
    page([], 'z'),
  ]
  await using asana = await scriptedAsana(...answers.map((answer) => ({ ...answer, headers: { date } })))
  const claim = await memoryState().claim('test')
  const options = { workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(now), once: true }
  const source = asanaSource(options)
  const lane = await claim.lane('live', source.fingerprint)
  const once = (): Promise<unknown> =>
    deliver({ source, sink: arrivals(), lane, map: (event) => event.gid, clock: autoClock(now) })
  expect(await once()).toEqual({ delivered: 1, quarantined: 2, repeats: 1 })
  expect(await once()).toEqual({ delivered: 2, quarantined: 0, repeats: 2 })
})
