import {
  type AsanaBackfillOptions,
  type AsanaSourceOptions,
  type AuditLogFilters,
  asanaBackfill,
  asanaSource,
  type Fact,
  type HttpClient,
  httpClient,
  isFault,
  requestBudget,
} from '@asana-audit/core'
import { asanaCursorAt } from '@asana-audit/core/backlog'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { type Answer, login, page, type ScriptedAsana, scriptedAsana } from '../support/scripted-asana.ts'

const error = (message: string): { errors: { message: string }[] } => ({ errors: [{ message }] })
const expired: Answer = { status: 400, json: error('offset: Your pagination token has expired.') }

function optionsFor(asana: ScriptedAsana, more: Partial<AsanaSourceOptions> = {}): AsanaSourceOptions {
  return { workspace: '42', token: 'secret-token', baseUrl: asana.baseUrl, clock: autoClock(), ...more }
}

async function readAll(
  options: AsanaSourceOptions,
  cursor?: string,
): Promise<{ gids: string[]; malformed: string[]; cursors: string[]; rereads: boolean[] }> {
  const gids: string[] = []
  const malformed: string[] = []
  const cursors: string[] = []
  const rereads: boolean[] = []
  for await (const batch of asanaSource(options).read(cursor)) {
    gids.push(...batch.events.map((event) => event.gid))
    malformed.push(...batch.malformed.map(({ reason }) => reason))
    cursors.push(batch.cursor)
    rereads.push(batch.reread !== undefined)
  }
  return { gids, malformed, cursors, rereads }
}

async function faultOf(work: Promise<unknown>): Promise<{ code: string; fault: string; message: string }> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isFault(thrown)) throw new Error(`expected a fault, got ${String(thrown)}`)
  return thrown
}

describe('paging', () => {
  test('goes on through pages until one is empty, although next_page never ends', async () => {
    await using asana = await scriptedAsana(
      page([login('1'), login('2')], 'a'),
      page([login('3')], 'b'),
      page([], 'c'),
    )
    const { gids } = await readAll(optionsFor(asana, { once: true }))
    expect(gids).toEqual(['1', '2', '3'])
    expect(asana.requests.map(({ query }) => query['offset'])).toEqual([undefined, 'a', 'b'])
  })

  test('an empty page moves the offset too, so the next poll asks with the newest one', async () => {
    await using asana = await scriptedAsana(
      page([login('1')], 'a'),
      page([], 'b'),
      page([], 'c'),
      page([login('2')], 'd'),
      page([], 'e'),
    )
    const stop = new AbortController()
    const gids: string[] = []
    for await (const batch of asanaSource(optionsFor(asana)).read(undefined, stop.signal)) {
      gids.push(...batch.events.map((event) => event.gid))
      if (asana.requests.length === 5) stop.abort()
    }
    expect(gids).toEqual(['1', '2'])
    expect(asana.requests.map(({ query }) => query['offset'])).toEqual([undefined, 'a', 'b', 'c', 'd'])
  })

  test('a null next_page before the first match is asked again with the same filters and no offset', async () => {
    await using asana = await scriptedAsana(
      page([], null),
      page([], null),
      page([login('1')], 'a'),
      page([], 'b'),
    )
    const stop = new AbortController()
    for await (const _ of asanaSource(optionsFor(asana, { since: '2026-01-01T00:00:00Z' })).read(
      undefined,
      stop.signal,
    )) {
      if (asana.requests.length === 4) stop.abort()
    }
    expect(asana.requests.map(({ query }) => query)).toEqual([
      { start_at: '2026-01-01T00:00:00Z' },
      { start_at: '2026-01-01T00:00:00Z' },
      { start_at: '2026-01-01T00:00:00Z' },
      { start_at: '2026-01-01T00:00:00Z', offset: 'a' },
    ])
  })

  test('a null next_page after an offset keeps the offset instead of starting over from the oldest event', async () => {
    await using asana = await scriptedAsana(
      page([login('1')], 'a'),
      page([], null),
      page([login('2')], 'b'),
      page([], 'c'),
    )
    const stop = new AbortController()
    for await (const _ of asanaSource(optionsFor(asana)).read(undefined, stop.signal)) {
      if (asana.requests.length === 4) stop.abort()
    }
    expect(asana.requests.map(({ query }) => query['offset'])).toEqual([undefined, 'a', 'a', 'b'])
  })

  test('events with a null next_page are followed by time, marked as a re-read, and end when nothing new comes', async () => {
    await using asana = await scriptedAsana(
      page([login('1', '2026-02-01T10:00:00Z'), login('2', '2026-02-01T11:00:00Z')], null),
      page([login('2', '2026-02-01T11:00:00Z')], null),
    )
    const { gids, rereads } = await readAll(optionsFor(asana, { once: true }))
    expect(gids).toEqual(['1', '2', '2'])
    expect(rereads).toEqual([false, true])
    expect(asana.requests[1]?.query).toEqual({ start_at: '2026-02-01T11:00:00Z' })
  })

  test('resumes from a cursor with the offset and the very filters it was given for', async () => {
    await using asana = await scriptedAsana(
      page([login('1')], 'a'),
      page([], 'b'),
      page([login('2')], 'c'),
      page([], 'd'),
    )
    const filters = { eventType: 'user_login_succeeded', resourceGid: '7' }
    const first = await readAll(optionsFor(asana, { once: true, filters, since: '2026-01-01T00:00:00Z' }))
    const second = await readAll(
      optionsFor(asana, { once: true, filters, since: '2026-02-02T00:00:00Z' }),
      first.cursors.at(-1),
    )
    expect(second.gids).toEqual(['2'])
    expect(asana.requests[2]?.query).toEqual({
      start_at: '2026-01-01T00:00:00Z',
      event_type: 'user_login_succeeded',
      resource_gid: '7',
      offset: 'b',
    })
  })

  test('sends limit only when configured, and the token as a bearer to the documented path', async () => {
    await using asana = await scriptedAsana(page([], null))
    await readAll(optionsFor(asana, { once: true }))
    await readAll(optionsFor(asana, { once: true, limit: 100 }))
    expect(asana.requests.map(({ query }) => query)).toEqual([{}, { limit: '100' }])
    expect(asana.requests[0]?.path).toBe('/api/1.0/workspaces/42/audit_log_events')
    expect(asana.requests[0]?.headers.authorization).toBe('Bearer secret-token')
  })

  test('never follows next_page.uri: every request goes to the base URL', async () => {
    await using elsewhere = await scriptedAsana(page([], null))
    await using asana = await scriptedAsana(
      {
        json: {
          data: [login('1')],
          next_page: { offset: 'a', path: '/evil', uri: `${elsewhere.baseUrl}/steal` },
        },
      },
      page([], 'b'),
    )
    await readAll(optionsFor(asana, { once: true }))
    expect(elsewhere.requests).toEqual([])
    expect(asana.requests).toHaveLength(2)
  })

  test('a closed window sends end_at along and ends at the empty page once its end has passed', async () => {
    await using asana = await scriptedAsana(page([login('1')], 'a'), page([], 'b'))
    const { gids } = await readAll(optionsFor(asana, { until: '2026-02-02T00:00:00Z' }))
    expect(gids).toEqual(['1'])
    expect(asana.requests.map(({ query }) => query['end_at'])).toEqual(Array(2).fill('2026-02-02T00:00:00Z'))
  })

  test('filters by the e-mail of the actor itself, whatever the case', async () => {
    const other = { ...login('2'), actor: { actor_type: 'asana' } }
    await using asana = await scriptedAsana(page([login('1'), other], 'a'), page([], 'b'))
    const { gids } = await readAll(
      optionsFor(asana, { once: true, filters: { actorEmail: 'ADA@example.com' } }),
    )
    expect(gids).toEqual(['1'])
    expect(asana.requests[0]?.query).toEqual({})
  })

  test('for several types one request asks for all events, and the source drops the other types; a single type is sent to Asana', async () => {
    const types = ['user_login_failed', 'user_login_succeeded', 'user_logged_out']
    const events = types.map((type, n) => ({ ...login(String(n)), event_type: type }))
    const anonymous = { ...login('3'), actor: { actor_type: 'anonymous' } }
    await using asana = await scriptedAsana(page([...events, anonymous], 'a'), page([], 'b'))
    const filtered = async (filters: AuditLogFilters): Promise<string[]> =>
      (await readAll(optionsFor(asana, { once: true, settledWindowMs: 0, filters }))).gids
    expect(await filtered({ eventType: ['user_logged_out', 'user_login_failed'] })).toEqual(['0', '2'])
    expect(asana.requests.map(({ query }) => query['event_type'])).toEqual([undefined, undefined])
  })

  test.each([
    [{ eventType: ['user_logged_out'] }, { event_type: 'user_logged_out' }],
    [{ eventType: ['a', 'a'], actorType: ['user', 'asana'] }, { event_type: 'a' }],
    [{ actorType: ['anonymous'] }, { actor_type: 'anonymous' }],
  ])('what Asana can filter by is asked of Asana: %j', async (filters, query) => {
    await using asana = await scriptedAsana(page([], null))
    await readAll(optionsFor(asana, { once: true, filters }))
    expect(asana.requests[0]?.query).toEqual(query)
  })

  test('a list of actor types lets through those in it', async () => {
    const of = (gid: string, type: string): object => ({ ...login(gid), actor: { actor_type: type } })
    await using asana = await scriptedAsana(
      page([of('1', 'anonymous'), of('2', 'asana'), of('3', 'external_administrator')], 'a'),
      page([], 'b'),
    )
    const filters = { actorType: ['anonymous', 'external_administrator'] }
    expect((await readAll(optionsFor(asana, { once: true, filters }))).gids).toEqual(['1', '3'])
  })

  test('an empty list of types, which nothing can match, is a fault', async () => {
    await using asana = await scriptedAsana(page([], null))
    const reading = readAll(optionsFor(asana, { once: true, filters: { eventType: [] } }))
    expect(await faultOf(reading)).toMatchObject({ fault: 'fatal', code: 'empty_filter' })
    expect(asana.requests).toEqual([])
  })

  test('a start in the future is a fault before anything is asked, and none with a cursor, which goes before it', async () => {
    await using asana = await scriptedAsana(page([], null))
    const clock = autoClock(Date.parse('2026-05-01T00:00:00Z'))
    const read = (since: string, cursor?: string) =>
      readAll(optionsFor(asana, { once: true, clock, since }), cursor)
    expect(await faultOf(read('2027-04-01T00:00:00Z'))).toMatchObject({
      code: 'bad_time',
      message: expect.stringContaining('in the future: 2027-04-01T00:00:00Z'),
    })
    expect(asana.requests).toEqual([])
    await read('2026-05-01T00:00:00Z')
    await read('2027-04-01T00:00:00Z', asanaCursorAt('2026-04-01T00:00:00Z'))
    expect(asana.requests.length).toBeGreaterThan(1)
  })

  test('an aborted signal ends the source during the wait for new events', async () => {
    await using asana = await scriptedAsana(page([], null))
    const stop = new AbortController()
    const batches: unknown[] = []
    for await (const batch of asanaSource(optionsFor(asana)).read(undefined, stop.signal)) {
      batches.push(batch)
      stop.abort()
    }
    expect(batches).toHaveLength(1)
  })
})

describe('healing', () => {
  test('an expired offset restarts by time with an overlap, marked as a re-read until it is past', async () => {
    await using asana = await scriptedAsana(
      page([login('1', '2026-02-01T10:00:00Z'), login('2', '2026-02-01T12:00:00Z')], 'a'),
      expired,
      page([login('2', '2026-02-01T12:00:00Z')], 'b'),
      page([login('3', '2026-02-01T12:30:00Z')], 'c'),
      page([], 'd'),
    )
    const facts: Fact[] = []
    const { gids, rereads } = await readAll(
      optionsFor(asana, { once: true, onFact: (fact) => facts.push(fact) }),
    )
    expect(gids).toEqual(['1', '2', '2', '3'])
    expect(rereads).toEqual([false, true, false, false])
    expect(asana.requests[2]?.query).toEqual({ start_at: '2026-02-01T11:00:00.000Z' })
    expect(asana.requests[3]?.query).toEqual({ start_at: '2026-02-01T11:00:00.000Z', offset: 'b' })
    expect(facts.find(({ type }) => type === 'healed')).toMatchObject({
      restartAt: '2026-02-01T11:00:00.000Z',
    })
  })

  test.each([
    ['a tail', (options: AsanaBackfillOptions) => asanaSource(options)],
    ['a backfill', (options: AsanaBackfillOptions) => asanaBackfill({ ...options, windows: 1 })],
  ])('%s restarts as far back as late events may come, whatever the overlap', async (_, source) => {
    await using asana = await scriptedAsana(page([login('1', '2026-02-01T10:00:00Z')], 'a'), expired)
    const stop = new AbortController()
    const restarts: (string | undefined)[] = []
    const onFact = (fact: Fact): void => {
      if (fact.type !== 'healed') return
      restarts.push(fact.restartAt)
      stop.abort()
    }
    const since = '2026-02-01T08:00:00Z'
    const options = { since, until: '2026-02-01T12:00:00Z', overlapMs: 600_000, onFact }
    await Array.fromAsync(source({ ...optionsFor(asana), ...options }).read(undefined, stop.signal))
    expect(restarts).toEqual(['2026-02-01T09:15:00.000Z'])
  })

  test('heals from a stored cursor alone, as after a week of standing still', async () => {
    await using asana = await scriptedAsana(
      page([login('1', '2026-02-01T12:00:00Z')], 'a'),
      page([], 'b'),
      expired,
      page([login('1', '2026-02-01T12:00:00Z'), login('2', '2026-02-07T12:00:00Z')], 'c'),
      page([], 'd'),
    )
    const first = await readAll(optionsFor(asana, { once: true }))
    const second = await readAll(optionsFor(asana, { once: true }), first.cursors.at(-1))
    expect(second.gids).toEqual(['1', '2'])
    expect(second.rereads).toEqual([true, false])
  })

  test('a position older than the retention says what may be lost, and since when', async () => {
    const date = new Date('2026-07-01T12:00:00Z').toUTCString()
    await using asana = await scriptedAsana(
      page([login('1', '2026-02-01T12:00:00Z')], 'a'),
      page([], 'b'),
      expired,
      { ...page([login('2', '2026-06-01T12:00:00Z')], 'c'), headers: { date } },
      { ...page([], 'd'), headers: { date } },
    )
    const facts: Fact[] = []
    const onFact = (fact: Fact): void => void facts.push(fact)
    const first = await readAll(optionsFor(asana, { once: true, onFact }))
    expect(facts.filter(({ type }) => type === 'possible_loss')).toEqual([])
    await readAll(optionsFor(asana, { once: true, onFact }), first.cursors.at(-1))
    expect(facts.filter(({ type }) => type === 'possible_loss')).toEqual([
      { type: 'possible_loss', from: '2026-03-01T12:00:00.000Z', until: '2026-04-02T12:00:00.000Z' },
    ])
  })

  test('an event from the future does not move the healing time past what is still to come', async () => {
    const date = new Date('2026-02-01T12:00:00Z').toUTCString()
    await using asana = await scriptedAsana(
      { ...page([login('1', '9999-01-01T00:00:00Z')], 'a'), headers: { date } },
      expired,
      page([], 'b'),
    )
    await readAll(optionsFor(asana, { once: true }))
    expect(asana.requests[2]?.query).toEqual({ start_at: '2026-02-01T11:00:00.999Z' })
  })

  test('the restart never goes before the start that was asked for', async () => {
    await using asana = await scriptedAsana(
      page([login('1', '2026-02-01T12:00:00Z')], 'a'),
      expired,
      page([], 'b'),
    )
    await readAll(optionsFor(asana, { once: true, since: '2026-02-01T11:30:00Z' }))
    expect(asana.requests[2]?.query).toEqual({ start_at: '2026-02-01T11:30:00Z' })
  })

  test('a 400 without an offset is a fault of the set-up, not something to heal', async () => {
    await using asana = await scriptedAsana({ status: 400, json: error('actor_gid: Not a recognized ID') })
    const found = await faultOf(readAll(optionsFor(asana, { once: true })))
    expect(found).toMatchObject({ fault: 'fatal', code: 'bad_request' })
    expect(found.message).toContain('actor_gid: Not a recognized ID')
  })

  test('an offset that is refused right after healing is healed again', async () => {
    await using asana = await scriptedAsana(
      page([login('1')], 'a'),
      expired,
      page([login('1')], 'b'),
      expired,
      page([login('1')], 'c'),
      page([login('2')], 'd'),
      page([], 'e'),
    )
    const { gids } = await readAll(optionsFor(asana, { once: true }))
    expect(gids).toEqual(['1', '1', '1', '2'])
  })

  test('offsets refused again and again end in a fault instead of a loop', async () => {
    const answers = Array.from({ length: 20 }, (_, index) => (index % 2 ? expired : page([login('1')], 'a')))
    await using asana = await scriptedAsana(...answers)
    const found = await faultOf(readAll(optionsFor(asana, { once: true })))
    expect(found.code).toBe('no_headway')
    expect(asana.requests.length).toBeLessThan(answers.length)
  })
})

describe('bad answers', () => {
  const truncated: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"data":[{"gid":"1"')
    setImmediate(() => response.destroy())
  }
  const cases: [string, Answer, string][] = [
    ['not JSON', { text: '<html>maintenance</html>' }, 'malformed_page'],
    ['without data', { json: { next_page: null } }, 'malformed_page'],
    ['null', { json: null }, 'malformed_page'],
    ['with a next_page that has no offset', { json: { data: [], next_page: {} } }, 'malformed_page'],
    ['cut off in the middle', truncated, 'connection_lost'],
    ['a reset', (response) => response.destroy(), 'connection_lost'],
    ['a 500', { status: 500, json: error('Server Error') }, 'asana_unavailable'],
    ['a 503 from a balancer', { status: 503, text: '<html>' }, 'asana_unavailable'],
    ['a 429', { status: 429, json: error('slow down'), headers: { 'retry-after': '30' } }, 'rate_limited'],
  ]
  test.each(cases)('a page that is %s is requested again and nothing is skipped', async (_, bad, code) => {
    await using asana = await scriptedAsana(
      page([login('1')], 'a'),
      bad,
      bad,
      page([login('2')], 'b'),
      page([], 'c'),
    )
    const facts: Fact[] = []
    const { gids } = await readAll(optionsFor(asana, { once: true, onFact: (fact) => facts.push(fact) }))
    expect(gids).toEqual(['1', '2'])
    expect(asana.requests.slice(1, 4).map(({ query }) => query['offset'])).toEqual(['a', 'a', 'a'])
    expect(facts.filter(({ type }) => type === 'retrying')).toMatchObject([{ code }, { code }])
  })

  test('Retry-After is waited for in seconds, with a little more by chance', async () => {
    await using asana = await scriptedAsana(
      { status: 429, json: error('slow down'), headers: { 'retry-after': '30' } },
      page([], null),
    )
    const clock = autoClock()
    await readAll(optionsFor(asana, { once: true, clock }))
    expect(clock.waits).toEqual([31_500])
  })

  const fatal: [number, string][] = [
    [401, 'unauthorized'],
    [402, 'plan_required'],
    [403, 'forbidden'],
    [404, 'workspace_not_found'],
    [451, 'blocked'],
    [302, 'redirected'],
    [405, 'unexpected_status'],
  ]
  test.each(fatal)(
    '%i ends the source with the fault %s and a next step, without the token',
    async (status, code) => {
      await using asana = await scriptedAsana({
        status,
        json: error('Not Authorized: secret-token'),
        headers: { location: 'http://127.0.0.1:9/' },
      })
      const found = await faultOf(readAll(optionsFor(asana, { once: true })))
      expect(found).toMatchObject({ fault: 'fatal', code })
      expect(JSON.stringify({ ...found, message: found.message })).not.toContain('secret-token')
      expect(asana.requests).toHaveLength(1)
    },
  )

  test('a token that cannot be a header is refused without being quoted', async () => {
    await using asana = await scriptedAsana(page([], null))
    const found = await faultOf(readAll(optionsFor(asana, { once: true, token: 'abc\ndef' })))
    expect(found.code).toBe('bad_token')
    expect(found.message).not.toContain('abc')
    expect(asana.requests).toHaveLength(0)
  })

  test('the token is read before every request, so a corrected one is used at once', async () => {
    await using asana = await scriptedAsana(page([login('1')], 'a'), page([], 'b'))
    const tokens = ['old', 'new']
    await readAll(optionsFor(asana, { once: true, token: () => tokens.shift() ?? '' }))
    expect(asana.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })

  test('an answer over the cap is asked for again with smaller pages', async () => {
    const big = page([{ ...login('1'), details: { text: 'x'.repeat(5_000) } }], 'a')
    await using asana = await scriptedAsana(big, big, page([login('1')], 'a'), page([], 'b'))
    const { gids } = await readAll(optionsFor(asana, { once: true, maxResponseBytes: 4_000 }))
    expect(gids).toEqual(['1'])
    expect(asana.requests.map(({ query }) => query['limit'])).toEqual([undefined, '100', '10', undefined])
  })

  test('a single event over the cap is a fault that names the setting', async () => {
    const big = page([{ ...login('1'), details: { text: 'x'.repeat(5_000) } }], 'a')
    await using asana = await scriptedAsana(big)
    const found = await faultOf(readAll(optionsFor(asana, { once: true, maxResponseBytes: 4_000 })))
    expect(found).toMatchObject({ fault: 'fatal', code: 'event_too_large' })
  })

  test('gives up on a source that never answered sooner than on one that did', async () => {
    await using asana = await scriptedAsana({ status: 503, text: '' })
    const clock = autoClock()
    const started = clock.now()
    const giveUpAfterMs = { untilFirstPage: 20_000, afterwards: 900_000 }
    const client = httpClient()
    const http: HttpClient = { ...client, exchange: (asked) => clock.during(client.exchange(asked)) }
    const found = await faultOf(readAll(optionsFor(asana, { clock, giveUpAfterMs, http })))
    await client.close()
    expect(found).toMatchObject({ fault: 'fatal', code: 'gave_up' })
    expect(clock.now() - started).toBeLessThanOrEqual(20_000)
    expect(asana.requests.length).toBeGreaterThan(3)
  })

  test('gives up in the middle of a request that is not answered', async () => {
    await using asana = await scriptedAsana(() => {})
    const clock = autoClock()
    const started = clock.now()
    const giveUpAfterMs = { untilFirstPage: 20_000, afterwards: 20_000 }
    const found = await faultOf(readAll(optionsFor(asana, { clock, giveUpAfterMs })))
    expect(found).toMatchObject({ code: 'gave_up', message: expect.stringContaining('has not answered') })
    expect(clock.now() - started).toBe(20_000)
  })

  test('gives up if the request budget allows no request', async () => {
    await using asana = await scriptedAsana(page([], null))
    const clock = autoClock()
    const started = clock.now()
    const budget = requestBudget({ clock })
    budget.hold(600_000)
    const giveUpAfterMs = { untilFirstPage: 20_000, afterwards: 20_000 }
    const found = await faultOf(readAll(optionsFor(asana, { clock, budget, giveUpAfterMs })))
    expect(found).toMatchObject({ code: 'gave_up' })
    expect(clock.now() - started).toBe(20_000)
    expect(asana.requests).toEqual([])
  })

  test('gives up if every answer is 429, because a 429 is not progress', async () => {
    await using asana = await scriptedAsana({
      status: 429,
      json: error('slow down'),
      headers: { 'retry-after': '5' },
    })
    const clock = autoClock()
    const giveUpAfterMs = { untilFirstPage: 60_000, afterwards: 60_000 }
    const found = await faultOf(readAll(optionsFor(asana, { clock, giveUpAfterMs })))
    expect(found).toMatchObject({ code: 'gave_up' })
  })
})

describe('events', () => {
  test('a malformed event is quarantined whole with the reason, and the others of the page are delivered', async () => {
    const { actor: _, ...noActor } = login('2')
    await using asana = await scriptedAsana(
      page(
        [login('1'), noActor, { ...login('3'), created_at: '2026-02-30T00:00:00Z' }, 'nonsense', login('4')],
        'a',
      ),
      page([], 'b'),
    )
    const { gids, malformed } = await readAll(optionsFor(asana, { once: true }))
    expect(gids).toEqual(['1', '4'])
    expect(malformed).toHaveLength(3)
    expect(malformed[0]).toContain('actor')
    expect(malformed[1]).toContain('created_at')
  })

  test('unknown types, fields and values pass through whole and are reported once each', async () => {
    const odd = {
      ...login('2'),
      event_type: 'rocket_launched',
      details: {},
      zone: { a: [1] },
      context: { context_type: 'watch' },
    }
    await using asana = await scriptedAsana(page([odd, { ...odd, gid: '3' }], 'a'), page([], 'b'))
    const facts: Fact[] = []
    const events: unknown[] = []
    const options = optionsFor(asana, { once: true, onFact: (fact) => facts.push(fact) })
    for await (const batch of asanaSource(options).read()) events.push(...batch.events)
    expect(events).toEqual([odd, { ...odd, gid: '3' }])
    const sights = facts.filter((fact) => fact.type === 'first_sight')
    expect(sights).toHaveLength(3)
    expect(new Set(sights.map(({ path }) => path))).toEqual(
      new Set(['event_type', 'zone', 'context.context_type']),
    )
  })

  test('the SAML response is dropped before anything reads the event, also from malformed ones', async () => {
    const saml = { ...login('1'), details: { method: ['SAML'], saml_response: '<assertion/>' } }
    await using asana = await scriptedAsana(page([saml, { ...saml, created_at: 'soon' }], 'a'), page([], 'b'))
    const seen: string[] = []
    for await (const batch of asanaSource(optionsFor(asana, { once: true })).read()) {
      seen.push(JSON.stringify(batch))
    }
    expect(seen.join()).toContain('SAML')
    expect(seen.join()).not.toContain('assertion')
  })
})

test('the fingerprint changes with workspace and filters, and with nothing else', () => {
  const base = { workspace: '1', token: 't', filters: { eventType: 'a' } }
  const print = (more: Partial<AsanaSourceOptions>): string => asanaSource({ ...base, ...more }).fingerprint
  const same = print({})
  expect(print({ token: 'u', pollMs: 1, since: '2026-01-01T00:00:00Z', baseUrl: 'http://x' })).toBe(same)
  expect(print({ workspace: '2' })).not.toBe(same)
  expect(print({ filters: { eventType: 'b' } })).not.toBe(same)
  expect(print({ filters: { actorGid: 'a' } })).not.toBe(same)
})

test('a list of filters has the same fingerprint in any order, and a list of one value has that of the value alone', () => {
  const print = (eventType: string | string[]): string =>
    asanaSource({ workspace: '1', token: 't', filters: { eventType } }).fingerprint
  expect(print(['b', 'a', 'b'])).toBe(print(['a', 'b']))
  expect(print(['a'])).toBe(print('a'))
  expect(print(['a', 'b'])).not.toBe(print('a'))
})

test('the fingerprints of earlier versions are still valid', () => {
  const filters = { eventType: 'user_login_failed', actorEmail: 'Ada@example.com' }
  expect(asanaSource({ workspace: '42', token: 't', filters }).fingerprint).toBe('8Y3TRVdtZQz7v9Sqb2GE7w')
})
