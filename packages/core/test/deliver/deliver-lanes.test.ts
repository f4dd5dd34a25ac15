import {
  type DeliverLanesOptions,
  deliverLanes,
  type Fact,
  fault,
  type LaneName,
  memoryState,
  type Sink,
  type State,
} from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt, rewoundBacklog } from '@asana-audit/core/backlog'
import { hourMs, ledgerDelta, reconcile } from '@asana-audit/core/ledger'
import { shareSink } from '@asana-audit/core/sink-kit'
import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { login, page, scriptedAsana } from '../support/scripted-asana.ts'
import { type Arrivals, arrivals, gidsOf, simulated, type World } from '../support/simulated-world.ts'

interface Given {
  readonly sink: Sink<string>
  readonly state?: State
  readonly source?: Partial<DeliverLanesOptions<string>['source']>
  readonly signal?: AbortSignal
  readonly onFact?: (fact: Fact, lane: LaneName) => void
}

const access = ({ workspace, url }: World) => ({ workspace, token: 'simulator-token', baseUrl: url })

/** One life of a process that ends when both lanes have caught up. */
async function once(world: World, { state = memoryState(), source, sink, ...rest }: Given): Promise<Given> {
  const claim = await state.claim('test')
  try {
    await deliverLanes({
      ...{ claim, sink, clock: world.clock, onFatal: 'reject', map: ({ gid }: AuditLogEvent) => gid },
      source: {
        ...{
          workspace: world.workspace,
          token: 'simulator-token',
          baseUrl: world.url,
          once: true,
          limit: 20,
        },
        ...source,
      },
      ...rest,
    })
  } finally {
    await claim.release()
  }
  return { state, sink }
}

/** `n` events that happen now, a second apart. */
function happen(world: World, ...gids: string[]): void {
  world.add(gids.map((gid, n) => login(gid, new Date(world.clock.now() + n * 1_000).toISOString())))
}

const sorted = (gids: readonly string[]): string[] => gids.toSorted()

describe('a start in the future', () => {
  test('is refused the first time, and nothing is stored', async () => {
    await using world = await simulated({ events: 10 })
    const state = memoryState()
    const since = new Date(world.clock.now() + 366 * 24 * hourMs).toISOString()
    const given = { sink: arrivals(), state, source: { since } }
    await expect(once(world, given)).rejects.toMatchObject({ code: 'bad_time' })
    expect(await state.lanes()).toEqual([])
  })

  test('that is stored is refused by every run, until it is rewound', async () => {
    await using world = await simulated({ events: 10 })
    const state = memoryState()
    const claim = await state.claim('test')
    await claim.rewind('live', asanaCursorAt('2099-01-01T00:00:00Z'), Number.MAX_SAFE_INTEGER)
    await claim.release()
    const sink = arrivals()
    await expect(once(world, { sink, state })).rejects.toMatchObject({
      code: 'position_in_future',
      message: expect.stringMatching(/2099-01-01T00:00:00Z.*state rewind/),
    })
    const again = await state.claim('test')
    await again.rewind('live', asanaCursorAt('2020-01-01T00:00:00Z'), Number.MAX_SAFE_INTEGER)
    await again.release()
    await once(world, { sink, state })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('is allowed if it is in the future only by our clock, which is slower than that of Asana', async () => {
    await using world = await simulated({ events: 0 })
    const state = memoryState()
    const claim = await state.claim('test')
    const soon = new Date(world.clock.now() + hourMs).toISOString()
    await claim.rewind('live', asanaCursorAt(soon), Number.MAX_SAFE_INTEGER)
    await claim.release()
    await world.clock.sleep(2 * hourMs)
    const behind = { ...world.clock, now: () => world.clock.now() - 2 * hourMs }
    const source = { ...access(world), once: true }
    const given = { claim: await state.claim('test'), source, sink: arrivals(), clock: behind }
    const delivered = await deliverLanes({ ...given, map: ({ gid }: AuditLogEvent) => gid })
    expect(delivered).toMatchObject({ delivered: 0 })
  })

  test('is allowed for new events if a backlog is read up to it', async () => {
    await using world = await simulated({ events: 10 })
    const state = memoryState()
    const end = new Date(world.clock.now() + hourMs).toISOString()
    const claim = await state.claim('test')
    await claim.rewind('backlog', asanaBackfillCursor(undefined, end), Number.MAX_SAFE_INTEGER)
    await claim.rewind('live', asanaCursorAt(end), Number.MAX_SAFE_INTEGER)
    await claim.release()
    const sink = arrivals()
    await once(world, { sink, state })
    expect(sink.gids).toEqual(gidsOf(world.events))
  })
})

describe('a first start', () => {
  test('delivers new events before the backlog is finished', async () => {
    await using world = await simulated({ events: 2_000 })
    const order: string[] = []
    const stop = new AbortController()
    const sink: Sink<string> = {
      prefers: { records: 1 },
      async write(records) {
        if (order.length === 0) happen(world, 'new')
        order.push(...records)
      },
    }
    await once(world, {
      sink,
      source: { once: false, pollMs: 1_000 },
      signal: stop.signal,
      onFact: () => order.length > 2_000 && stop.abort(),
    })
    expect(order.indexOf('new')).toBeGreaterThan(0)
    expect(order.indexOf('new')).toBeLessThan(1_900)
    expect(sorted(order)).toEqual(sorted(gidsOf(world.events)))
  })

  test('ends with `once` after both lanes have caught up, and the next run continues from there', async () => {
    await using world = await simulated({ events: 500 })
    const sink = arrivals()
    const { state } = await once(world, { sink })
    expect(sorted(sink.gids)).toEqual(sorted(gidsOf(world.events)))
    happen(world, 'a', 'b')
    await once(world, { sink, ...(state && { state }) })
    expect(sink.gids.slice(500)).toEqual(['a', 'b'])
    const rows = (await state?.lanes())?.map(({ lane, delivered }) => [lane, delivered])
    expect(rows).toEqual([
      ['live', 2],
      ['backlog', 500],
    ])
  })

  test('reads a backlog of a few pages first, with no extra requests', async () => {
    await using world = await simulated({ events: 100, days: 90 })
    const sink = arrivals()
    const { state } = await once(world, { sink })
    expect(sink.gids).toEqual(gidsOf(world.events))
    expect((await state?.lanes())?.map(({ lane }) => lane)).toEqual(['live'])
    expect(world.stats.requests).toBeLessThan(12)
  })

  test('estimates the size of a log that is busy only lately correctly', async () => {
    await using world = await simulated({ events: 0 })
    const quiet = Array.from({ length: 60 }, (_, day) => world.clock.now() - (80 - day) * 24 * hourMs)
    const busy = Array.from({ length: 1_000 }, (_, n) => world.clock.now() - 30 * hourMs + n * 100_000)
    world.add([...quiet, ...busy].map((at, n) => login(`${n}`, new Date(at).toISOString())))
    const sink = arrivals()
    const { state } = await once(world, { sink })
    expect((await state?.lanes())?.map(({ lane }) => lane)).toContain('backlog')
    expect(sorted(sink.gids)).toEqual(sorted(gidsOf(world.events)))
  })

  test('reads one page after the other if the server ignores times', async () => {
    const recent = (gid: string): Record<string, unknown> => login(gid, '2026-02-01T11:00:00Z')
    const first = page([recent('1'), recent('2')], 'a')
    await using asana = await scriptedAsana(
      ...[first, page([recent('3'), recent('4')], 'b'), page([login('1', '2026-01-01T00:00:00Z')], 'c')],
      ...[first, page([recent('3'), recent('4')], 'd'), page([], 'e')],
    )
    const state = memoryState()
    const sink = arrivals()
    await deliverLanes({
      claim: await state.claim('test'),
      source: { workspace: '42', token: 't', baseUrl: asana.baseUrl, once: true, settledWindowMs: 0 },
      ...{ sink, clock: autoClock(Date.parse('2026-02-01T12:00:00Z')), map: ({ gid }: AuditLogEvent) => gid },
    })
    expect(sink.gids).toEqual(['1', '2', '3', '4'])
    expect((await state.lanes()).map(({ lane }) => lane)).toEqual(['live'])
  })

  test('divides the log at the time of Asana, not of this machine', async () => {
    await using world = await simulated({ events: 400 })
    const state = memoryState()
    const ahead = { ...world.clock, now: () => world.clock.now() + 5 * hourMs }
    const claim = await state.claim('test')
    const source = { ...access(world), once: true, limit: 10 }
    const sink = arrivals()
    await deliverLanes({ claim, source, sink, clock: ahead, map: ({ gid }: AuditLogEvent) => gid })
    const live = (await state.lanes()).find(({ lane }) => lane === 'live')
    const { startAt } = JSON.parse(live?.cursor ?? '{}') as { startAt: string }
    expect(Math.abs(Date.parse(startAt) - world.clock.now())).toBeLessThan(60_000)
    expect(sorted(sink.gids)).toEqual(sorted(gidsOf(world.events)))
  })

  test('reads nothing after `until`, also if that is in the past', async () => {
    await using world = await simulated({ events: 1_000 })
    const [since, until] = [300, 700].map((index) => world.events[index]?.created_at ?? '')
    const sink = arrivals()
    const { state } = await once(world, { sink, source: { since, until } })
    const wanted = world.events.filter(({ created_at: at }) => at >= (since ?? '') && at < (until ?? ''))
    expect(sink.gids).toEqual(gidsOf(wanted))
    expect((await state?.lanes())?.map(({ lane }) => lane)).toEqual(['backlog'])
  })
})

describe('between the two lanes', () => {
  test('a crash after the backlog has its end and before live has its start loses nothing', async () => {
    await using world = await simulated({ events: 200 })
    const state = memoryState()
    const sink = arrivals()
    const claim = await state.claim('test')
    let rewinds = 0
    const crashing = {
      ...claim,
      async rewind(...args: Parameters<typeof claim.rewind>) {
        rewinds += 1
        if (rewinds === 2) throw fault({ fault: 'fatal', code: 'crash', message: 'Crash.' })
        await claim.rewind(...args)
      },
    }
    const source = { ...access(world), once: true, limit: 10 }
    const map = ({ gid }: AuditLogEvent): string => gid
    await expect(
      deliverLanes({ claim: crashing, source, sink, clock: world.clock, map, onFatal: 'reject' }),
    ).rejects.toMatchObject({ code: 'crash' })
    await claim.release()
    await world.clock.sleep(60_000)
    happen(world, 'meanwhile')
    await once(world, { sink, state })
    expect(sorted(sink.gids)).toEqual(sorted(gidsOf(world.events)))
  })

  test('after a rewind, a crash between the two lanes repeats nothing', async () => {
    await using world = await simulated({ events: 400 })
    const state = memoryState()
    const sink = arrivals()
    await once(world, { sink, state })
    const to = Math.floor(Date.parse(world.events[200]?.created_at ?? '') / hourMs) * hourMs
    const claim = await state.claim('test')
    const { cursor, from } = rewoundBacklog({}, to)
    await claim.rewind('backlog', cursor, from)
    await claim.rewind('live', asanaCursorAt(new Date(to).toISOString()), from)
    await claim.release()
    const crashing: State = {
      ...state,
      claim: async (name) => ({
        ...(await state.claim(name)),
        async rewind(lane, at, since) {
          if (lane === 'live') throw fault({ fault: 'fatal', code: 'crash', message: 'Crash.' })
          await claim.rewind(lane, at, since)
        },
      }),
    }
    await expect(once(world, { sink, state: crashing })).rejects.toMatchObject({ code: 'crash' })
    const before = sink.gids.length
    await once(world, { sink, state })
    const again = world.events.filter(({ created_at: at }) => Date.parse(at) >= to)
    expect(sink.gids.slice(before)).toEqual(gidsOf(again))
  })

  test('after stops, growth and expired offsets, every event arrives and the ledger is right', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000 }),
          limit: fc.integer({ min: 5, max: 60 }),
          stopAt: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
          growAt: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
          expireAt: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
          days: fc.constantFrom(0.02, 1, 60),
        }),
        async ({ seed, limit, stopAt, growAt, expireAt, days }) => {
          await using world = await simulated({ events: 200, seed, days })
          const state = memoryState()
          let stop = new AbortController()
          const sink: Arrivals = arrivals((write) => {
            if (growAt.includes(write)) happen(world, `grown-${write}`)
            if (expireAt.includes(write)) world.expireOffsets()
            if (stopAt.includes(write)) stop.abort()
          })
          for (let life = 0; life <= stopAt.length + 1; life += 1) {
            stop = new AbortController()
            await once(world, { sink, state, source: { limit }, signal: stop.signal })
            await world.clock.sleep(1_000)
          }
          const missing = gidsOf(world.events).filter((gid) => !sink.gids.includes(gid))
          expect(missing).toEqual([])
          const delta = ledgerDelta()
          for (const { gid, created_at: at } of world.events) delta.add(Date.parse(at), 'delivered', gid)
          const ledger = await state.ledger('test', 0, Number.MAX_SAFE_INTEGER)
          expect(reconcile(delta.hours(), ledger).filter(({ same }) => !same)).toEqual([])
        },
      ),
      { numRuns: 25 },
    )
  })

  test('a lane that fails finally stops the other, and the progress of both is kept', async () => {
    await using world = await simulated({ events: 1_000 })
    const state = memoryState()
    const good = arrivals()
    let writes = 0
    const sink: Sink<string> = {
      prefers: { records: 1 },
      async write(records, signal) {
        writes += 1
        if (writes > 10) throw fault({ fault: 'fatal', code: 'gone', message: 'Gone.' })
        await good.write(records, signal)
      },
    }
    await expect(once(world, { sink, state, source: { once: false } })).rejects.toMatchObject({
      code: 'gone',
    })
    await once(world, { sink: good, state })
    expect(sorted(good.gids)).toEqual(sorted(gidsOf(world.events)))
  })
})

describe('a backlog that starts again', () => {
  const hour = (n: number): string => new Date(Date.UTC(2026, 0, 1, n)).toISOString()
  const at = (place: object): string => JSON.stringify({ v: 'backfill-1', ...place })
  const began = (cursor: string | undefined, n: number) => {
    const { cursor: begun, from } = rewoundBacklog({ backlog: cursor }, Date.parse(hour(n)))
    return { ...JSON.parse(begun), from: new Date(from).toISOString() }
  }

  test('begins at the requested time if the earlier one is finished', () => {
    const done = { startAt: hour(5), newest: hour(9), until: hour(10), settled: true }
    expect(began(at(done), 7)).toEqual({ v: 'backfill-1', startAt: hour(7), from: hour(7) })
    expect(began(undefined, 7)).toEqual({ v: 'backfill-1', startAt: hour(7), from: hour(7) })
  })

  test('begins at the position of an unfinished one, by time, because an offset is not valid with other filters', () => {
    const unfinished = { startAt: hour(1), offset: 'x', endAt: hour(6), newest: hour(4), until: hour(10) }
    const { offset, startAt, newest, from } = began(at(unfinished), 7)
    expect({ offset, startAt, newest, from }).toEqual({
      ...{ offset: undefined, startAt: hour(3), newest: hour(4), from: hour(7) },
    })
  })

  test('includes the time that the live lane had read beside an unfinished one', () => {
    const unfinished = { startAt: hour(1), newest: hour(4), until: '2026-01-01T10:20:00.000Z' }
    expect(began(at(unfinished), 15)).toMatchObject({ startAt: hour(3), from: hour(10) })
    expect(began(at({ ...unfinished, newest: '2026-01-01T10:10:00.000Z' }), 15)).toMatchObject({
      ...{ startAt: hour(10), from: hour(10) },
    })
  })
})

test('lanes that share a sink never write more at once than it prefers', async () => {
  let running = 0
  let most = 0
  const sink = shareSink<string>({
    prefers: { inFlight: 2 },
    async write() {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    },
  })
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 20 }, () => sink.write(['x'], signal)))
  expect(most).toBe(2)
})

test('a write that is aborted while it waits gives its turn to the next', async () => {
  const open: (() => void)[] = []
  const written: string[] = []
  const sink = shareSink<string>({
    async write([record = '']) {
      written.push(record)
      await new Promise<void>((resolve) => open.push(resolve))
    },
  })
  const stop = new AbortController()
  const { signal } = new AbortController()
  const first = sink.write(['a'], signal)
  const stopped = sink.write(['b'], stop.signal)
  const last = sink.write(['c'], signal)
  stop.abort(new Error('stop'))
  await expect(stopped).rejects.toThrow('stop')
  open.shift()?.()
  await first
  await vi.waitUntil(() => open.length > 0)
  open.shift()?.()
  await last
  expect(written).toEqual(['a', 'c'])
})
