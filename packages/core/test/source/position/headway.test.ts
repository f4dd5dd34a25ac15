import { asanaBackfill, asanaSource, type Fact, isFault, memoryState } from '@asana-audit/core'
import type { FaultKind, FaultRequest } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../../support/auto-clock.ts'
import { faultOf } from '../../support/fault-of.ts'
import { login, page, scriptedAsana } from '../../support/scripted-asana.ts'
import { arrivals, gidsOf, type Run, run, simulated, type World } from '../../support/simulated-world.ts'

const minute = 60_000
const hour = 60 * minute

/** One life after the other, as a scheduler starts them, until one ends well; what the others ended with. */
async function lives(world: World, given: Run, most = 10): Promise<string[]> {
  const codes: string[] = []
  for (let life = 0; life < most; life += 1) {
    try {
      await run(world, { ...given, deliver: { ...given.deliver, onFatal: 'reject' } })
      return codes
    } catch (error) {
      if (!isFault(error)) throw error
      codes.push(error.code)
    }
  }
  return codes
}

const readers: readonly [string, (world: World) => Partial<Run>][] = [
  ['the tail', () => ({ source: { limit: 20 } })],
  [
    'a backfill in windows',
    (world) => ({ backfill: { limit: 20, until: new Date(world.clock.now()).toISOString() } }),
  ],
]

describe.each(readers)('%s', (_, reader) => {
  test('notices an offset that is refused at the same place each time, waits longer each time, and goes around it', async () => {
    const faults = ({ identity }: FaultRequest): FaultKind | undefined => {
      const [, place = ''] = /offset=(\d+)/.exec(identity) ?? []
      return Number(place) >= 50 && Number(place) < 70 ? 'expired-offset' : undefined
    }
    await using world = await simulated({ events: 200, days: 0.02, faults })
    const sink = arrivals()
    const state = memoryState()
    const facts: Fact[] = []
    const { requests } = world.stats
    const codes = await lives(world, { sink, state, ...reader(world), onFact: (fact) => facts.push(fact) })
    expect(codes).toEqual(['no_headway'])
    expect(sink.gids).toEqual(gidsOf(world.events))
    const waits = facts.filter((fact) => fact.type === 'retrying').map(({ waitMs }) => waitMs)
    expect(waits.length).toBeGreaterThan(0)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(world.stats.requests - requests).toBeLessThan(150)
  })

  test('delivers a page that leads to itself only once, and says so, also after a restart', async () => {
    await using world = await simulated({ events: 200, days: 0.02, oddity: 'same-offset' })
    const sink = arrivals()
    const state = memoryState()
    const codes = await lives(world, { sink, state, ...reader(world) }, 3)
    expect(codes).toEqual(['no_headway', 'no_headway', 'no_headway'])
    expect(new Set(sink.gids).size).toBe(sink.gids.length)
    expect(world.stats.requests).toBeLessThan(100)
    world.set({ oddity: null })
    expect(await lives(world, { sink, state, ...reader(world) })).toEqual([])
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('names the moment that cannot be read: it has more events than a page, and there is no offset', async () => {
    await using world = await simulated({ events: 0, oddity: 'no-offset' })
    const at = new Date(world.clock.now() - hour).toISOString()
    world.add(Array.from({ length: 50 }, (_, n) => login(String(n), at)))
    const sink = arrivals()
    const state = memoryState()
    const codes = await lives(world, { sink, state, ...reader(world) }, 3)
    expect(codes).toEqual(['page_without_offset', 'page_without_offset', 'page_without_offset'])
    expect(sink.gids).toHaveLength(20)
    world.set({ oddity: null })
    expect(await lives(world, { sink, state, ...reader(world) })).toEqual([])
    expect(sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
  })

  test('reads a server without offsets by time where no moment has more events than a page', async () => {
    await using world = await simulated({ events: 200, days: 1, oddity: 'no-offset' })
    const sink = arrivals()
    expect(await lives(world, { sink, ...reader(world) })).toEqual([])
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('is not misled into an endless log by a proxy that drops the query', async () => {
    await using world = await simulated({ events: 200, days: 10, defaultLimit: 20, oddity: 'no-query' })
    const sink = arrivals()
    const [code] = await lives(world, { sink, state: memoryState(), ...reader(world) }, 1)
    expect(['no_headway', 'filters_ignored']).toContain(code)
    expect(new Set(sink.gids).size).toBe(sink.gids.length)
    expect(world.stats.requests).toBeLessThan(50)
  })

  test('does not deliver the same events again and again from a server that ignores the times', async () => {
    await using world = await simulated({ events: 200, days: 10, oddity: 'no-times' })
    const sink = arrivals()
    const since = new Date(world.clock.now() - 30 * 24 * hour).toISOString()
    const { source, backfill } = reader(world)
    const given = {
      sink,
      source: { ...source, since },
      ...(backfill && { backfill: { ...backfill, since } }),
    }
    const codes = await lives(world, given, 1)
    expect(codes).toEqual(['filters_ignored'])
    expect(new Set(sink.gids).size).toBe(sink.gids.length)
  })
})

test('a window that goes round in circles is not read ahead until memory is full', async () => {
  const windows = 4
  await using world = await simulated({ events: 400, days: 1, oddity: 'same-offset' })
  const source = asanaBackfill({
    ...{ workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, clock: world.clock },
    ...{ limit: 10, windows, until: new Date(world.clock.now()).toISOString() },
  })
  const batches = source.read()[Symbol.asyncIterator]()
  try {
    await batches.next()
    // Its consumer is busy for as long as many more requests would take.
    for (let turn = 0; turn < 100; turn += 1) await (await fetch(world.url)).text()
    const reading = world.stats.requests - 100
    // Of each window two pages and the one that came before, and those asked for anew because a window was cut.
    expect(reading).toBeLessThanOrEqual(10 * windows)
  } finally {
    await batches.return?.()
  }
})

describe('pages that go round in circles', () => {
  const time = (n: number): string => new Date(Date.UTC(2026, 1, 1, 10, 0, n)).toISOString()

  test.each([2, 3, 7])('%i of them are noticed, also from a stored cursor', async (length) => {
    const circle = Array.from({ length }, (_, n) =>
      page([login(`${n}a`, time(2 * n)), login(`${n}b`, time(2 * n + 1))], `o${n}`),
    )
    await using asana = await scriptedAsana(...Array.from({ length: 20 }, () => circle).flat())
    const source = asanaSource({
      ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), once: true },
    })
    const seen: string[] = []
    let cursor: string | undefined
    for (let life = 0; life < 3; life += 1) {
      const read = async (): Promise<void> => {
        for await (const { events, reread, cursor: next } of source.read(cursor)) {
          // A re-read is dropped by id.
          if (!reread) seen.push(...events.map(({ gid }) => gid))
          cursor = next
        }
      }
      expect(await faultOf(read())).toMatchObject({ fault: 'fatal', code: 'no_headway' })
    }
    expect(seen).toHaveLength(2 * length)
  })

  test.each([1, 2, 3, 7])(
    '%i of them behind the newest page are noticed after a few rounds',
    async (length) => {
      const again = Array.from({ length: 9 }, (_, n) => page([login(`again ${n}`, time(50))], `again-${n}`))
      const newest = page([login('newest', time(59))], 'newest')
      const circle = Array.from({ length }, (_, n) => page([login(`${n}`, time(n))], `o${n}`))
      await using asana = await scriptedAsana(
        ...[...again, newest],
        ...Array.from({ length: 40 }, () => circle).flat(),
      )
      const source = asanaSource({
        ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), once: true },
      })
      const found = await faultOf(Array.fromAsync(source.read()))
      expect(found).toMatchObject({ fault: 'fatal', code: 'no_headway' })
      expect(found.message).toContain(`, at ${time(59)}`)
      expect(asana.requests.length).toBeLessThanOrEqual(again.length + 1 + 3 * length)
    },
  )

  test('a circle with an empty page in it is noticed', async () => {
    const circle = [page([login('1', time(1)), login('2', time(1))], 'a'), page([], 'b')]
    await using asana = await scriptedAsana(...circle, ...circle, ...circle)
    const source = asanaSource({
      ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), settledWindowMs: 0 },
    })
    const seen: string[] = []
    const read = async (): Promise<void> => {
      for await (const { events } of source.read()) seen.push(...events.map(({ gid }) => gid))
    }
    expect(await faultOf(read())).toMatchObject({ fault: 'fatal', code: 'no_headway' })
    expect(seen).toEqual(['1', '2'])
  })

  test('an empty page, late events and many events of one moment do not count as a cycle', async () => {
    await using asana = await scriptedAsana(
      page([login('1', time(5)), login('2', time(5))], 'a'),
      page([login('3', time(5)), login('4', time(5))], 'b'),
      page([login('late', time(1))], 'c'),
      page([login('5', time(5))], 'd'),
      page([login('later', time(2))], 'e'),
      page([], 'f'),
    )
    const source = asanaSource({
      ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), once: true },
    })
    const batches = await Array.fromAsync(source.read())
    expect(batches.flatMap(({ events }) => events.map(({ gid }) => gid))).toEqual([
      '1',
      '2',
      '3',
      '4',
      'late',
      '5',
      'later',
    ])
  })
})

describe('events of one moment without an offset', () => {
  const time = (second: number): string => new Date(Date.UTC(2026, 1, 1, 10, 0, second)).toISOString()
  const many = (count: number, second: number): object[] =>
    Array.from({ length: count }, (_, n) => login(`${second}-${n}`, time(second)))

  /** How reading these pages ends, by time from the first second on; an empty one ends a life. */
  async function end(limit: number | undefined, ...pages: (readonly object[])[]): Promise<string> {
    await using asana = await scriptedAsana(...pages.map((events) => page([...events], null)))
    const source = asanaSource({
      ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), once: true },
      ...{ since: time(0), limit, settledWindowMs: 0 },
    })
    let cursor: string | undefined
    try {
      for (const _ of ['the first life', ...pages.filter(({ length }) => length === 0)]) {
        for await (const batch of source.read(cursor)) cursor = batch.cursor
      }
      return 'read'
    } catch (error) {
      if (!isFault(error)) throw error
      return error.code
    }
  }

  const cases: readonly [string, string, number | undefined, ...(readonly object[])[]][] = [
    ['as many as were asked for may be more', 'page_without_offset', 3, many(3, 0)],
    ['fewer than were asked for are all', 'read', 3, many(2, 0)],
    ['a hundred may be more where no number was asked for', 'page_without_offset', undefined, many(100, 0)],
    ['fewer than any page has are all', 'read', undefined, many(99, 0)],
    ['one that comes again is all', 'read', undefined, many(1, 1), many(1, 1)],
    [
      'as many as the largest page had may be more',
      'page_without_offset',
      undefined,
      [...many(2, 1), ...many(2, 2)],
      [...many(1, 2), ...many(1, 3)],
      many(4, 3),
    ],
    [
      'fewer than a page had before are all',
      'read',
      undefined,
      [...many(1, 1), ...many(1, 2)],
      [...many(1, 2), ...many(3, 3)],
      [...many(1, 3), ...many(1, 4)],
      many(3, 4),
    ],
    [
      'an empty page in between makes no difference',
      'page_without_offset',
      undefined,
      [...many(2, 1), ...many(2, 2)],
      [],
      many(4, 2),
    ],
  ]
  test.each(cases)('%s: %s', async (_, code, limit, ...pages) => {
    expect(await end(limit, ...pages)).toBe(code)
  })
})

describe('a server that was asked for other events', () => {
  const times = { since: '2026-02-01T00:00:00Z', until: '2026-02-02T00:00:00Z' }
  const cases: readonly [string, object, string][] = [
    ['from before the start', login('1', '2026-01-01T00:00:00Z'), 'from 2026-02-01T00:00:00Z'],
    ['from after the end', login('1', '2026-02-20T00:00:00Z'), 'before 2026-02-02T00:00:00Z'],
    ['of another type', { ...login('1'), event_type: 'team_created' }, 'of the type user_login_succeeded'],
  ]
  test.each(cases)('%s: is reported with what was asked for', async (_, event, asked) => {
    const options = { workspace: '42', token: 't', clock: autoClock(), once: true, ...times }
    const filters = { eventType: 'user_login_succeeded' }
    const inOneWindow = (given: Parameters<typeof asanaBackfill>[0]) =>
      asanaBackfill({ ...given, windows: 1 })
    for (const reader of [asanaSource, inOneWindow]) {
      await using asana = await scriptedAsana(page([event], 'a'), page([], 'b'))
      const source = reader({ ...options, filters, baseUrl: asana.baseUrl })
      const found = await faultOf(Array.fromAsync(source.read()))
      expect(found).toMatchObject({ fault: 'fatal', code: 'filters_ignored' })
      expect(found.message).toContain(asked)
    }
  })

  test('is read on if it rounds a time or has one event that does not fit', async () => {
    const events = [login('1', '2026-01-31T23:59:30Z'), login('2', '2026-01-01T00:00:00Z'), login('3')]
    await using asana = await scriptedAsana(page(events, 'a'), page([], 'b'))
    const options = {
      workspace: '42',
      token: 't',
      baseUrl: asana.baseUrl,
      clock: autoClock(),
      once: true,
      ...times,
    }
    const batches = await Array.fromAsync(asanaSource(options).read())
    expect(batches.flatMap(({ events }) => events.map(({ gid }) => gid))).toEqual(['1', '2', '3'])
  })
})

describe("Asana's clock", () => {
  test.each([-5 * hour, 5 * hour, -36 * hour])('%i ms off makes no repeats', async (dateAheadMs) => {
    await using world = await simulated({ events: 600, days: 1, dateAheadMs, lateEvents: 'hidden' })
    const sink = arrivals()
    const state = memoryState()
    const facts: Fact[] = []
    const given = { sink, state, source: { limit: 50 }, onFact: (fact: Fact) => facts.push(fact) }
    await run(world, given)
    await world.clock.sleep(20 * minute)
    world.grow(5)
    world.expireOffsets()
    await run(world, given)
    expect(sink.gids).toEqual(gidsOf(world.events))
    expect(facts.filter(({ type }) => type === 'late')).toEqual([])
  })

  test('that jumps from answer to answer makes no repeats, and few requests', async () => {
    await using world = await simulated({
      events: 600,
      days: 1,
      growth: { perMinute: 1 },
      lateEvents: 'hidden',
    })
    const sink = arrivals()
    const stop = new AbortController()
    let idle = 0
    await run(world, {
      sink,
      source: { once: false, limit: 50, pollMs: minute },
      deliver: { signal: stop.signal },
      onFact: ({ type }) => {
        if (type === 'idle' && ++idle === 120) stop.abort()
        if (type === 'page_read') world.set({ dateAheadMs: [0, -7, 3, -1][world.stats.requests % 4]! * hour })
      },
    })
    expect(new Set(sink.gids).size).toBe(sink.gids.length)
    // A poll and its events each minute, and a look at what lies behind every 15 minutes.
    expect(world.stats.requests).toBeLessThan(320)
  })

  test('ahead for one answer does not end a time range before late events could appear', async () => {
    await using world = await simulated({ events: 50, days: 1, dateAheadMs: 5 * hour })
    const sink = arrivals()
    const start = world.clock.now()
    await run(world, { sink, backfill: { once: false } })
    expect(world.clock.now() - start).toBeGreaterThanOrEqual(45 * minute)
  })
})
