import { asanaBackfill, type Fact, memoryState, requestBudget } from '@asana-audit/core'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { login, scriptedAsana } from '../support/scripted-asana.ts'
import { arrivals, gidsOf, run, simulated, type World } from '../support/simulated-world.ts'

describe('the end of a backfill', () => {
  /** An event of some minutes ago. */
  const ago = (world: World, gid: string, minutes: number): Record<string, unknown> =>
    login(gid, new Date(world.clock.now() - minutes * 60_000).toISOString())

  test('comes once late events have had their time: what is late until then arrives, and nothing after it', async () => {
    await using world = await simulated({ events: 200, days: 1 })
    const sink = arrivals()
    const start = world.clock.now()
    world.add([ago(world, 'last', 0.5)])
    const facts: Fact[] = []
    await run(world, {
      sink,
      backfill: { once: false, limit: 20 },
      onFact: (fact) => {
        facts.push(fact)
        if (fact.type !== 'idle') return
        const minutes = Math.floor((world.clock.now() - start) / 60_000)
        const gid = `late-${minutes}`
        // Some 41 minutes late at most.
        if (minutes < 41 && !gidsOf(world.events).includes(gid)) world.add([ago(world, gid, minutes + 1)])
        if (minutes < 41) world.add([ago(world, `next-${minutes}`, 0)])
      },
    })
    const wanted = gidsOf(world.events).filter((gid) => !gid.startsWith('next'))
    expect(sink.gids.toSorted()).toEqual(wanted.toSorted())
    expect(wanted.length).toBeGreaterThan(230)
    expect(facts.some(({ type }) => type === 'late')).toBe(true)
    expect(world.clock.now() - start).toBeGreaterThanOrEqual(45 * 60_000)
    expect(world.clock.now() - start).toBeLessThan(46 * 60_000)
  })

  test('does not wait for it with `once`; the next run goes on in the last window, until it has settled', async () => {
    await using world = await simulated({ events: 200, days: 1 })
    const sink = arrivals()
    const state = memoryState()
    const until = new Date(world.clock.now()).toISOString()
    await run(world, { sink, state, backfill: { until } })
    expect(sink.gids).toEqual(gidsOf(world.events))
    world.add([ago(world, 'late', 1)])
    await world.clock.sleep(46 * 60_000)
    await run(world, { sink, state, backfill: { until } })
    expect(sink.gids.slice(200)).toEqual(['late'])
    const { requests } = world.stats
    await run(world, { sink, state, backfill: { until } })
    expect(world.stats.requests).toBe(requests)
  })

  test.each(['no cursor', 'the cursor of its start'])(
    'comes at once where all of it was read, from %s, after late events had had their time: it is not read twice',
    async (begun) => {
      const asked: string[] = []
      await using world = await simulated({ events: 0, onRequest: ({ url }) => asked.push(url) })
      world.add(Array.from({ length: 100 }, (_, n) => ago(world, `${n}`, 200 - n)))
      const until = new Date(world.clock.now() - 60 * 60_000).toISOString()
      const source = asanaBackfill({
        ...{ workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, clock: world.clock },
        ...{ until, limit: 20, windows: 1 },
      })
      const cursor = begun === 'no cursor' ? undefined : asanaBackfillCursor(undefined, until)
      const batches = await Array.fromAsync(source.read(cursor))
      expect(batches.flatMap(({ events }) => events.map(({ gid }) => gid))).toEqual(gidsOf(world.events))
      // Five pages, and the empty one that says there is no more.
      expect(asked).toHaveLength(6)
    },
  )

  test('comes after another look where a range was read just before late events had had their time', async () => {
    await using world = await simulated({ events: 0 })
    world.add(Array.from({ length: 100 }, (_, n) => ago(world, `${n}`, 200 - n)))
    const until = new Date(world.clock.now() - 44 * 60_000).toISOString()
    const start = world.clock.now()
    const sink = arrivals()
    await run(world, {
      sink,
      backfill: { once: false, limit: 20, until },
      onFact({ type }) {
        if (type === 'idle' && world.events.length === 100) world.add([ago(world, 'late', 44.5)])
      },
    })
    expect(world.clock.now() - start).toBeGreaterThanOrEqual(60_000)
    expect(sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
    expect(sink.gids).toContain('late')
  })

  test('is waited for with one request a minute while nothing comes', async () => {
    await using world = await simulated({ events: 200, days: 1 })
    const start = world.clock.now()
    let empty = 0
    await run(world, {
      sink: arrivals(),
      backfill: { once: false },
      onFact({ type }) {
        if (type === 'idle') empty += 1
      },
    })
    const minutes = (world.clock.now() - start) / 60_000
    expect(minutes).toBeGreaterThanOrEqual(45)
    // Some more at the beginning, while it gets slower.
    expect(empty).toBeLessThan(minutes + 10)
  })

  test('looks for late events also where the last window had not begun yet and nothing else happened', async () => {
    await using world = await simulated({ events: 0 })
    world.add([ago(world, 'last', 44)])
    const sink = arrivals()
    const state = memoryState()
    const since = new Date(world.clock.now() - 100 * 60_000).toISOString()
    const until = new Date(world.clock.now()).toISOString()
    await run(world, { sink, state, backfill: { since, until } })
    // The last window has 40 minutes.
    world.add([ago(world, 'late', 42)])
    await run(world, { sink, state, backfill: { since, until } })
    expect(sink.gids).toEqual(['last', 'late'])
  })

  test('looks for late events before its last window also where it was given no start', async () => {
    await using world = await simulated({ events: 0 })
    // Dense for days, and room for two pages a window, so that the last one is short.
    world.add(Array.from({ length: 6_000 }, (_, n) => ago(world, `${n}`, 6_000 - n)))
    const sink = arrivals()
    const state = memoryState()
    const backfill = { until: new Date(world.clock.now()).toISOString(), limit: 20, aheadBytes: 200_000 }
    await run(world, { sink, state, backfill })
    world.add([ago(world, 'late', 43.5)])
    // Then the next look for late events is due.
    await world.clock.sleep(15 * 60_000)
    await run(world, { sink, state, backfill })
    expect(sink.gids.slice(6_000)).toEqual(['late'])
  })

  test('is not reached while an offset refused at the last look keeps late events from being seen', async () => {
    let lastLook = 'none yet'
    let expired = 0
    await using world = await simulated({
      events: 0,
      onRequest({ url }) {
        const query = new URL(url, 'http://localhost').searchParams
        if (expired > 0 || query.get('start_at') !== lastLook || query.has('offset')) return
        expired += 1
        world.expireOffsets()
      },
    })
    world.add(Array.from({ length: 9 }, (_, n) => ago(world, `${n}`, 20 - n)))
    const sink = arrivals()
    const state = memoryState()
    const now = world.clock.now()
    const backfill = { until: new Date(now).toISOString(), limit: 2 }
    await run(world, { sink, state, backfill })
    world.add([ago(world, 'late', 13.5)])
    await world.clock.sleep(46 * 60_000)
    lastLook = new Date(now - 45 * 60_000).toISOString()
    world.set({ offsetTtlMs: 24 * 60 * 60_000 })
    await run(world, { sink, state, backfill })
    expect(expired).toBe(1)
    expect(sink.gids).toContain('late')
  })
})

test('a clock of ours that is hours ahead does not end a backfill before Asana is there, where Asana tells no time', async () => {
  const clock = autoClock(Date.parse('2026-02-01T12:00:00Z'))
  const until = new Date(clock.now()).toISOString()
  const ahead = 5 * 3_600_000
  let revealed = false
  await using asana = await scriptedAsana((response) => {
    // What happens in the hours up to `until`, which our clock says are over.
    const data =
      clock.now() >= Date.parse(until) + ahead && !revealed ? [login('1', '2026-02-01T11:59:00Z')] : []
    revealed ||= data.length > 0
    const next_page = { offset: 'a', path: '/x', uri: 'https://elsewhere/x' }
    response.sendDate = false
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data, next_page }))
  })
  const source = asanaBackfill({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock, since: '2026-02-01T06:00:00Z', until },
    ...{ pollMs: 1_800_000, windows: 1 },
  })
  const batches = await Array.fromAsync(source.read())
  expect(batches.flatMap(({ events }) => events.map(({ gid }) => gid))).toEqual(['1'])
})

describe('what ends a backfill before its end', () => {
  test('a stop while many requests wait for the budget leaves nothing behind', async () => {
    await using world = await simulated({ events: 2_000 })
    // A clock that stands still: once the first burst is over nobody gets a turn any more.
    const waiting = new Set<AbortSignal>()
    const clock = {
      ...world.clock,
      sleep: (_: number, signal?: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          if (!signal) return
          waiting.add(signal)
          signal.addEventListener('abort', () => {
            waiting.delete(signal)
            reject(signal.reason)
          })
        }),
    }
    const stop = new AbortController()
    const source = asanaBackfill({
      ...{ workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, clock, limit: 20 },
      ...{
        until: new Date(world.clock.now()).toISOString(),
        budget: requestBudget({ perMinute: 60, clock }),
      },
    })
    const reading = Array.fromAsync(source.read(undefined, stop.signal))
    await expect.poll(() => waiting.size).toBeGreaterThan(0)
    stop.abort()
    await reading
    expect(waiting.size).toBe(0)
  })

  test('a token that is refused in the middle rejects, and reading goes on from what was committed', async () => {
    await using world = await simulated({ events: 1_000, days: 10 })
    const state = memoryState()
    const sink = arrivals((write) => {
      if (write === 10) world.set({ token: 'another' })
    })
    const backfill = {
      limit: 20,
      until: new Date(world.clock.now()).toISOString(),
      settledWindowMs: 0,
    } as const
    await expect(run(world, { sink, state, backfill, deliver: { onFatal: 'reject' } })).rejects.toMatchObject(
      {
        code: 'unauthorized',
      },
    )
    expect(sink.gids.length).toBeLessThan(1_000)
    world.set({ token: 'simulator-token' })
    await run(world, { sink, state, backfill })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('a server that is away for longer than giveUpAfterMs rejects, in any window', async () => {
    await using world = await simulated({ events: 1_000, days: 10 })
    const sink = arrivals((write) => {
      if (write === 10) world.set({ refuseWith: 503 })
    })
    const backfill = {
      ...{ limit: 20, until: new Date(world.clock.now()).toISOString() },
      giveUpAfterMs: { untilFirstPage: 30_000, afterwards: 300_000 },
    }
    await expect(run(world, { sink, backfill, deliver: { onFatal: 'reject' } })).rejects.toMatchObject({
      code: 'gave_up',
    })
  })
})
