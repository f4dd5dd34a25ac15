import {
  type AsanaSourceOptions,
  asanaSource,
  type Delivered,
  deliver,
  deliverLanes,
  type Fact,
  fault,
  type HttpClient,
  httpClient,
  memoryState,
  type SharedReader,
  type Sink,
  type State,
  sharedPages,
} from '@asana-audit/core'
import { type AuditLogEvent, fieldPolicy } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { atOthersEnd, following } from '../../src/source/position/asana-position.ts'
import { autoClock } from '../support/auto-clock.ts'
import { login, page, scriptedAsana } from '../support/scripted-asana.ts'
import { gidsOf, simulated, type World } from '../support/simulated-world.ts'

interface Pipeline {
  readonly name: string
  readonly sink: Sink<AuditLogEvent>
  readonly gids: string[]
  readonly facts: Fact[]
  readonly state: State
}

/** A destination whose writes wait for `before`. */
function pipeline(name: string, before: () => Promise<void> | void = () => {}): Pipeline {
  const gids: string[] = []
  return {
    name,
    gids,
    facts: [],
    state: memoryState(),
    sink: {
      prefers: { records: 1 },
      async write(records) {
        await before()
        gids.push(...records.map(({ gid }) => gid))
      },
    },
  }
}

function run(
  world: World,
  { name, sink, facts, state }: Pipeline,
  shared: SharedReader | undefined,
  more: Partial<AsanaSourceOptions> = {},
  signal?: AbortSignal,
): Promise<Delivered> {
  const { clock, workspace, url: baseUrl } = world
  const onFact = (fact: Fact): void => void facts.push(fact)
  const access = { workspace, token: 'simulator-token', baseUrl, shared }
  const source = asanaSource({ ...access, clock, onFact, once: true, ...more })
  return deliver({
    pipeline: name,
    state,
    source,
    onFatal: 'reject',
    map: (event) => event,
    sink,
    clock,
    onFact,
    signal,
  })
}

/** Time stands still while a request is under way. */
function timeless(world: World): HttpClient {
  const http = httpClient()
  return { ...http, exchange: (request) => world.clock.during(http.exchange(request)) }
}

const read = ({ facts }: Pipeline): (string | undefined)[] =>
  facts.flatMap((fact) => (fact.type === 'page_read' ? [fact.readBy] : []))

test('three pipelines of one workspace ask Asana as often as one', async () => {
  await using alone = await simulated({ events: 5_000 })
  await run(alone, pipeline('alone'), undefined)
  await using world = await simulated({ events: 5_000 })
  const pages = sharedPages({ clock: world.clock })
  const pipelines = ['otlp', 'hec', 'file'].map((name) => pipeline(name))
  await Promise.all(pipelines.map((one) => run(world, one, pages.reader(one.name))))
  for (const { gids } of pipelines) expect(gids).toEqual(gidsOf(world.events))
  expect(world.stats.requests).toBe(alone.stats.requests)
})

test('a page says whose request brought it', async () => {
  await using world = await simulated({ events: 3_000 })
  const pages = sharedPages({ clock: world.clock })
  const [first, second] = [pipeline('first'), pipeline('second')]
  await Promise.all([first, second].map((one) => run(world, one, pages.reader(one.name))))
  const [byFirst, bySecond] = [read(first), read(second)]
  expect(byFirst.length).toBe(bySecond.length)
  // Each page was asked for by exactly one of them.
  byFirst.forEach((other, page) => {
    expect([other, bySecond[page]].sort()).toEqual([other ?? bySecond[page], undefined].sort())
  })
})

test('the state says who asked for the last page of a pipeline, if it was another', async () => {
  await using world = await simulated({ events: 3_000 })
  const pages = sharedPages({ clock: world.clock })
  const pipelines = [pipeline('first'), pipeline('second')]
  await Promise.all(
    pipelines.map((one) => run(world, one, pages.reader(one.name), { settledWindowMs: 0, limit: 100 })),
  )
  const saved = await Promise.all(pipelines.map(async ({ state }) => (await state.lanes())[0]?.readBy))
  expect(saved).toEqual(pipelines.map((one) => read(one).at(-1)))
  expect(saved.filter((by) => by !== undefined)).toHaveLength(1)
})

test('each pipeline applies its own field policy to what another one has read', async () => {
  await using world = await simulated({ events: 300 })
  const pages = sharedPages({ clock: world.clock })
  const [open, hidden] = [pipeline('open'), pipeline('hidden')]
  const seen: AuditLogEvent[] = []
  const sink = {
    ...hidden.sink,
    write: async (events: readonly AuditLogEvent[]) => void seen.push(...events),
  }
  await Promise.all([
    run(world, open, pages.reader('open')),
    run(world, { ...hidden, sink }, pages.reader('hidden'), { fieldPolicy: fieldPolicy({ people: 'drop' }) }),
  ])
  expect(open.gids).toEqual(gidsOf(world.events))
  expect(seen.map(({ gid }) => gid)).toEqual(open.gids)
  expect(seen.every(({ actor }) => actor.email === undefined)).toBe(true)
  expect(world.events.some(({ actor }) => actor.email !== undefined)).toBe(true)
})

test('what one destination changes in an event does not reach another', async () => {
  await using world = await simulated({ events: 50 })
  const { clock, workspace, url: baseUrl } = world
  const pages = sharedPages({ clock })
  const changing = pipeline('changing')
  const change = (event: AuditLogEvent): AuditLogEvent => {
    event.actor.name = 'somebody'
    return event
  }
  const source = asanaSource({
    ...{ workspace, token: 'simulator-token', baseUrl, clock, once: true },
    shared: pages.reader('changing'),
  })
  const seen: AuditLogEvent[] = []
  const other = pipeline('other')
  const sink = { ...other.sink, write: async (some: readonly AuditLogEvent[]) => void seen.push(...some) }
  const { state } = changing
  const [changed] = await Promise.all([
    deliver({ pipeline: 'changing', state, source, map: change, sink: changing.sink, clock }),
    run(world, { ...other, sink }, pages.reader('other')),
  ])
  expect(seen.map(({ actor }) => actor.name)).toEqual(world.events.map(({ actor }) => actor.name))
  expect(changed).toMatchObject({ delivered: 0, quarantined: 50 })
})

test('pipelines with different filters get no page of each other', async () => {
  await using world = await simulated({ events: 2_000 })
  const pages = sharedPages({ clock: world.clock })
  const eventType = 'user_login_succeeded'
  const [all, some] = [pipeline('all'), pipeline('some')]
  await Promise.all([
    run(world, all, pages.reader('all')),
    run(world, some, pages.reader('some'), { filters: { eventType } }),
  ])
  expect(all.gids).toEqual(gidsOf(world.events))
  expect(some.gids).toEqual(gidsOf(world.events.filter(({ event_type: type }) => type === eventType)))
  expect([...read(all), ...read(some)].filter(Boolean)).toEqual([])
})

test('a destination that is much slower than the kept pages last reads by itself, and both have everything', async () => {
  await using world = await simulated({ events: 3_000 })
  const pages = sharedPages({ clock: world.clock, keptBytes: 1 })
  const fast = pipeline('fast')
  const fastReader = pages.reader('fast')
  const slowReader = pages.reader('slow')
  const fastRun = run(world, fast, fastReader, { limit: 100 })
  const slow = pipeline('slow', async () => void (await fastRun))
  await Promise.all([fastRun, run(world, slow, slowReader, { limit: 100 })])
  for (const { gids } of [fast, slow]) expect(gids).toEqual(gidsOf(world.events))
  expect(read(slow).filter((by) => by === undefined).length).toBeGreaterThan(10)
})

test('one that dies and comes back goes on at its own position', async () => {
  await using world = await simulated({ events: 2_000 })
  const pages = sharedPages({ clock: world.clock })
  const steady = pipeline('steady')
  let writes = 0
  const dying = pipeline('dying', () => {
    writes += 1
    if (writes === 4) throw fault({ fault: 'fatal', code: 'gone', message: 'The destination is gone.' })
  })
  const reader = pages.reader('dying')
  const others = run(world, steady, pages.reader('steady'), { limit: 100 })
  await expect(run(world, dying, reader, { limit: 100 })).rejects.toThrow('The destination is gone.')
  await others
  world.grow(150)
  await Promise.all([
    run(world, dying, reader, { limit: 100 }),
    run(world, steady, pages.reader('steady again'), { limit: 100 }),
  ])
  for (const { gids } of [steady, dying]) expect(gids).toEqual(gidsOf(world.events))
})

test('pipelines that poll at different moments ask together from their first common answer on', async () => {
  await using world = await simulated({ events: 10 })
  const pages = sharedPages({ clock: world.clock })
  const stop = new AbortController()
  const pipelines = ['first', 'second', 'third'].map((name) => pipeline(name))
  const tails = pipelines.map(async (one, index) => {
    await world.clock.sleep(index * 3_333)
    return run(
      world,
      one,
      pages.reader(one.name),
      { once: false, settledWindowMs: 0, http: timeless(world) },
      stop.signal,
    )
  })
  await world.clock.sleep(20_000)
  const before = world.stats.requests
  await world.clock.sleep(600_000)
  const perPoll = (world.stats.requests - before) / 60
  stop.abort()
  await Promise.all(tails)
  expect(perPoll).toBeLessThan(1.05)
  for (const { gids } of pipelines) expect(gids).toEqual(gidsOf(world.events))
})

test('a late event reaches all of them, and the range is read again once', async () => {
  const minute = 60_000
  await using world = await simulated({ events: 50 })
  const pages = sharedPages({ clock: world.clock })
  const stop = new AbortController()
  const pipelines = ['first', 'second'].map((name) => pipeline(name))
  const tails = pipelines.map((one) =>
    run(world, one, pages.reader(one.name), { once: false, http: timeless(world) }, stop.signal),
  )
  await world.clock.sleep(2 * minute)
  world.add([
    {
      ...world.events.at(-1),
      gid: '4242',
      created_at: new Date(world.clock.now() - 10 * minute).toISOString(),
    },
  ])
  await world.clock.sleep(40 * minute)
  stop.abort()
  await Promise.all(tails)
  for (const { gids } of pipelines) expect(gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
  const asked = pipelines.map((one) => read(one).filter((by) => by === undefined).length)
  expect(asked.reduce((sum, count) => sum + count)).toBe(world.stats.requests)
})

test('an event that appeared late while a pipeline was stuck reaches it, though another one read that page before', async () => {
  const minute = 60_000
  await using world = await simulated({ events: 20, growth: { perMinute: 60 } })
  const pages = sharedPages({ clock: world.clock })
  const { clock, workspace, url: baseUrl } = world
  const stop = new AbortController()
  const read = (name: string): AsyncIterator<{ readonly events: readonly AuditLogEvent[] }> =>
    asanaSource({
      ...{ workspace, token: 'simulator-token', baseUrl, clock, http: timeless(world) },
      ...{ pollMs: 1_000, settledWindowMs: minute, rereadEveryMs: 2 * minute, shared: pages.reader(name) },
    })
      .read(undefined, stop.signal)
      [Symbol.asyncIterator]()
  const steady = read('steady')
  const steadily = (async () => {
    while (!(await steady.next()).done);
  })()
  const stuck = read('stuck')
  const gids = new Set<string>()
  const next = async (): Promise<void> => {
    for (const { gid } of (await stuck.next()).value?.events ?? []) gids.add(gid)
  }
  for (let batches = 0; batches < 10; batches += 1) await next()
  await clock.sleep(1.5 * minute)
  const createdAt = new Date(clock.now() - minute / 2).toISOString()
  world.add([{ ...world.events.at(-1), gid: '4242', created_at: createdAt }])
  await clock.sleep(3 * minute)
  const before = world.events.length
  const until = clock.now() + 3 * minute
  while (clock.now() < until) await next()
  stop.abort()
  await steadily
  expect(gidsOf(world.events.slice(0, before)).filter((gid) => !gids.has(gid))).toEqual([])
})

test('while a destination stands still, the others of its workspace ask Asana no more often', async () => {
  const minute = 60_000
  const stop = new AbortController()
  // A pipeline that asks without a pause would never let time pass.
  const enough = 2_000
  await using world = await simulated({
    ...{ events: 20, growth: { perMinute: 20 } },
    onRequest: () => world.stats.requests > enough && stop.abort(),
  })
  const pages = sharedPages({ clock: world.clock })
  const { clock, workspace, url: baseUrl } = world
  const batchesOf = (name: string) =>
    asanaSource({
      ...{ workspace, token: 'simulator-token', baseUrl, clock, http: timeless(world) },
      ...{ pollMs: 1_000, settledWindowMs: 0, shared: pages.reader(name) },
    })
      .read(undefined, stop.signal)
      [Symbol.asyncIterator]()
  const stuck = batchesOf('stuck')
  for (let batches = 0; batches < 10; batches += 1) await stuck.next()
  const before = world.stats.requests
  const steady = batchesOf('steady')
  const steadily = (async () => {
    while (!(await steady.next()).done);
  })()
  await Promise.race([clock.sleep(8 * minute), steadily])
  stop.abort()
  await steadily
  // Once a second, and the first meeting of the two.
  expect(world.stats.requests - before).toBeLessThan(8 * 60 + 20)
})

test('a page that another pipeline asked for minutes before says nothing about what appeared late since, in a first run either', async () => {
  const clock = autoClock()
  const begin = clock.now()
  const before = (minutes: number): string => new Date(begin - minutes * 60_000).toISOString()
  const old = Array.from({ length: 30 }, (_, index) => login(`1${index}`, before(200)))
  const recent = [login('21', before(30))]
  const late: unknown[] = []
  const answer = (query: URLSearchParams): [data: unknown[], next: string] => {
    const offset = query.get('offset')
    const [from, until] = [query.get('start_at'), query.get('end_at') ?? '9']
    if (offset !== null) return offset === 'old' ? [recent, 'recent'] : [[], offset]
    if (from === null) return [old, 'old']
    const all = [...old, ...late, ...recent] as { created_at: string }[]
    return [all.filter(({ created_at: at }) => at >= from && at < until), 'again']
  }
  await using asana = await scriptedAsana((response) => {
    const [data, offset] = answer(new URL(response.req.url ?? '/', 'http://localhost').searchParams)
    response.setHeader('date', new Date(clock.now()).toUTCString())
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data, next_page: { offset } }))
  })
  // Room for the page with the recent event, and not for the one before it.
  const pages = sharedPages({ clock, keptBytes: 10_000 })
  const access = { workspace: '1', token: 'a-token', baseUrl: asana.baseUrl, clock, once: true }
  const [first, second] = [pages.reader('quick'), pages.reader('slow')]
  const [quick, slow] = [first, second].map((shared) => asanaSource({ ...access, shared }))
  for await (const _ of quick!.read());
  first.close()
  // 44 minutes late, within the settled window.
  await clock.sleep(60_000)
  late.push(login('31', before(43)))
  await clock.sleep(240_000)
  const gids = new Set<string>()
  const asked = asana.requests.length
  for await (const { events } of slow!.read()) for (const { gid } of events) gids.add(gid)
  // The page with the recent event is the other's.
  expect(asana.requests.slice(asked).map(({ query }) => query['offset'])).not.toContain('old')
  expect(gids).toContain('31')
})

test('first starts divide the log at one moment, so the pipelines stay in step', async () => {
  await using alone = await simulated({ events: 30_000, defaultLimit: 500 })
  await using world = await simulated({ events: 30_000, defaultLimit: 500 })
  const lanes = (given: World, one: Pipeline, shared?: SharedReader): Promise<Delivered> => {
    const { clock, workspace, url: baseUrl } = given
    const source = { workspace, token: 'simulator-token', baseUrl, once: true, shared }
    return deliverLanes({
      pipeline: one.name,
      state: one.state,
      source,
      map: (event) => event,
      sink: one.sink,
      clock,
    })
  }
  await lanes(alone, pipeline('alone'))
  const pages = sharedPages({ clock: world.clock })
  const pipelines = ['otlp', 'hec', 'file'].map((name) => pipeline(name))
  await Promise.all(pipelines.map((one) => lanes(world, one, pages.reader(one.name))))
  for (const { gids } of pipelines) expect(gids).toEqual(gidsOf(world.events))
  expect(world.stats.requests / alone.stats.requests).toBeLessThan(1.05)
})

test('a page that is not JSON is asked for again, and nobody gets it twice', async () => {
  let answers = 0
  await using world = await simulated({
    events: 3_000,
    faults: () => {
      answers += 1
      return answers === 2 ? 'truncated' : answers === 3 ? 'html' : undefined
    },
  })
  const pages = sharedPages({ clock: world.clock })
  const pipelines = ['first', 'second'].map((name) => pipeline(name))
  await Promise.all(pipelines.map((one) => run(world, one, pages.reader(one.name))))
  for (const { gids } of pipelines) expect(gids).toEqual(gidsOf(world.events))
})

test('a pipeline that ends does not break the request another one waits for', async () => {
  const asked = Promise.withResolvers<void>()
  // The first request has no answer.
  await using asana = await scriptedAsana(() => asked.resolve(), page([login('1')], 'a'), page([], 'b'))
  const pages = sharedPages()
  const stop = new AbortController()
  const facts: Fact[] = []
  const source = (name: string): ReturnType<typeof asanaSource> =>
    asanaSource({
      ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, once: true, settledWindowMs: 0 },
      ...{ shared: pages.reader(name), onFact: (fact) => void facts.push(fact) },
    })
  const ending = Array.fromAsync(source('ending').read(undefined, stop.signal))
  const waiting = Array.fromAsync(source('waiting').read())
  await asked.promise
  stop.abort()
  expect(await ending).toEqual([])
  expect((await waiting).flatMap(({ events }) => events.map(({ gid }) => gid))).toEqual(['1'])
  expect(facts.filter(({ type }) => type === 'retrying')).toEqual([])
})

test('a page with an event that is nested very deeply is shared like any other', () => {
  const reading = sharedPages().reader('only').begin('the same')
  let nested: unknown = 'innermost'
  for (let depth = 0; depth < 200_000; depth += 1) nested = [nested]
  const sharing = { askedBy: 'only', askedAt: 0, receivedAt: 0, order: { begun: 0, answered: 1 } }
  expect(reading.parsed(sharing, () => nested)).toBe(nested)
  expect(Object.isFrozen(nested)).toBe(true)
})

test('many small answers that nobody asks for any more count with what they take in memory', async () => {
  const pages = sharedPages({ keptBytes: 64 * 1024 })
  const front = pages.reader('front').begin('the same')
  const stuck = pages.reader('stuck').begin('the same')
  const raw = {
    body: Buffer.from('{"data":[]}'),
    offset: 'x',
    isEmpty: true,
    date: undefined,
    limit: undefined,
  }
  let asked = 0
  const ask = async (): Promise<typeof raw> => {
    asked += 1
    return raw
  }
  const request = { isFresh: () => true, signal: undefined, ask }
  for (let key = 0; key < 1_000; key += 1) await front.page({ key: String(key), ...request })
  await stuck.page({ key: '999', ...request })
  expect(asked).toBe(1_000)
  // 900 of them have some 10,000 bytes.
  await stuck.page({ key: '100', ...request })
  expect(asked).toBe(1_001)
})

test('the end that another pipeline found is used only if that was before our own request', () => {
  const pages = sharedPages()
  const [first, second, third] = ['first', 'second', 'third'].map((name) =>
    pages.reader(name).begin('the same'),
  )
  const end = (next: string, begun: number, answered: number, receivedAt = 0) => ({
    ...{ startAt: undefined, firstStart: undefined, offset: `before ${next}`, next },
    ...{ order: { begun, answered }, receivedAt },
  })
  expect(first?.meetAtEnd('the same', end('a', 0, 2))).toBeUndefined()
  // An event between the two would be missing: the other pipeline may have read it, and this one has not.
  expect(second?.meetAtEnd('the same', end('b', 1, 3))).toBeUndefined()
  expect(first?.meetAtEnd('the same', end('c', 4, 5))?.next).toBe('b')
  // Readers may wait for minutes while nothing comes, so an end may be that old.
  expect(third?.meetAtEnd('the same', end('c', 4, 5, 8 * 60_000))?.next).toBe('b')
  // The second has not moved since, so the first does not wait for it.
  expect(first?.meetAtEnd('the same', end('c', 6, 7))).toBeUndefined()
  expect(first?.meetAtEnd('other filters', end('d', 6, 7))).toBeUndefined()
})

test('an end that another pipeline found counts by order, whatever a clock does in between', async () => {
  const found: number[][] = []
  // Set back by an hour between the first two looks at it.
  const times = [3_600_000, 0]
  const pages = sharedPages({ clock: { ...autoClock(), now: () => times.shift() ?? 1 } })
  const [first, second] = ['first', 'second'].map((name) => pages.reader(name).begin('the same'))
  const ask = async () => ({
    body: Buffer.from('{}'),
    offset: 'x',
    isEmpty: true,
    date: undefined,
    limit: undefined,
  })
  const request = { isFresh: () => true, signal: undefined, ask }
  for (const [key, reading] of [
    ['a', first],
    ['b', second],
  ] as const) {
    const answer = await reading?.page({ key, ...request })
    found.push([answer?.sharing?.order.begun ?? -1, answer?.sharing?.order.answered ?? -1])
  }
  expect(found).toEqual([
    [0, 1],
    [2, 3],
  ])
})

test('a clock that is set back does not make a wait longer than the pace', async () => {
  await using world = await simulated({ events: 5 })
  const stop = new AbortController()
  let backMs = 0
  const clock = { ...world.clock, now: () => world.clock.now() - backMs }
  const { workspace, url: baseUrl } = world
  const source = asanaSource({ workspace, token: 'simulator-token', baseUrl, clock, settledWindowMs: 0 })
  let batches = 0
  for await (const _ of source.read(undefined, stop.signal)) {
    batches += 1
    if (batches === 3) backMs = 3_600_000
    if (batches === 8) stop.abort()
  }
  expect(Math.max(...world.clock.waits)).toBeLessThanOrEqual(10_000)
})

test('events that come again after a meeting at the end of the log do not count as a cycle', () => {
  const time = '2026-02-01T12:00:00.000Z'
  const page = {
    ...{
      events: [],
      identities: [],
      malformed: [],
      isEmpty: false,
      offset: 'b',
      newest: time,
      oldest: time,
      content: 'the same',
    },
    ...{
      count: 1,
      limit: undefined,
      bytes: 1,
      receivedAt: 0,
      sharing: undefined,
      heldMs: 0,
      readBy: undefined,
    },
    ...{ serverNow: 0, present: 0, presentAt: 0, surelyPast: 0 },
  }
  const at = following({ offset: 'a' }, page)
  expect(() => following(at, page)).toThrow('a page that came before')
  expect(following(atOthersEnd(at, 'of the other', undefined), page).offset).toBe('b')
})

test('an offset that Asana refuses is taken over from another pipeline only once', async () => {
  const clock = autoClock(Date.parse('2026-02-01T12:00:00.000Z'))
  const pages = sharedPages({ clock })
  await using asana = await scriptedAsana((response) => {
    const isExpired = asana.requests.at(-1)?.query['offset'] === 'expired'
    const offset = asana.requests.length === 1 ? 'expired' : 'good'
    response.writeHead(isExpired ? 400 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(isExpired ? { errors: [{ message: 'offset' }] } : { data: [], next_page: { offset } }),
    )
  })
  async function idle(name: string, times: number): Promise<void> {
    const stop = new AbortController()
    const access = { workspace: '42', token: 't', baseUrl: asana.baseUrl, shared: pages.reader(name) }
    const onFact = ({ type }: Fact): void => {
      if (type === 'idle' && --times === 0) stop.abort()
    }
    await Array.fromAsync(
      asanaSource({ ...access, clock, onFact, settledWindowMs: 0 }).read(undefined, stop.signal),
    )
  }
  await idle('gone', 1)
  await clock.sleep(5 * 60_000)
  await idle('other', 5)
  const offsets = asana.requests.map(({ query }) => query['offset'])
  expect(offsets.filter((offset) => offset === 'expired')).toHaveLength(1)
})

test("with another pipeline's offset, an expired offset heals from the newest event of its own", async () => {
  const at = (time: string): string => `2026-02-01T${time}.000Z`
  await using asana = await scriptedAsana(
    { status: 400, json: { errors: [{ message: 'offset: Your pagination token has expired.' }] } },
    page([], 'a'),
  )
  const clock = autoClock(Date.parse(at('12:00:00')))
  const source = asanaSource({ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock, once: true })
  const position = { startAt: at('11:30:00'), begunAt: at('08:00:00'), newest: at('11:40:00') }
  await Array.fromAsync(source.read(JSON.stringify({ v: 1, offset: 'x', ...position })))
  expect(asana.requests[1]?.query['start_at']).toBe(at('10:40:00'))
})
