import { type AddressInfo, createServer } from 'node:net'
import type { FaultShape } from '@asana-audit/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { revealedBy } from '../../core/test/support/revealed-by.ts'
import type { HecWarning } from '../src/index.ts'
import {
  type HecReceiver,
  hecCodeTable,
  type Reply,
  reply,
  startHecReceiver,
} from './support/hec-receiver.ts'
import { event, events, neverAborted, sinkFor, token } from './support/sink-for.ts'

const fatal = (code: string): FaultShape => ({ fault: 'fatal', code })
const temporary = (code: string): FaultShape => ({ fault: 'temporary', code })
const noneTaken = (code: string): FaultShape => ({ fault: 'rejected', code, at: 'none-taken', affected: 3 })
const serverError: FaultShape = { fault: 'temporary', code: 'server_error', isolateAfter: 8 }

/** The fault of a write of three events, without the properties that every Error has. */
async function refusalOf(told: Reply | 'break', count = 3): Promise<FaultShape> {
  const receiver = await startHecReceiver({ answer: () => told })
  const { name, message, cause, stack, ...shape } = await faultOf(
    sinkFor(receiver).write(events(count), neverAborted),
  )
  return shape
}

describe('every code of the collector', () => {
  const meanings: [code: number, FaultShape | 'accepted'][] = [
    [0, 'accepted'],
    [1, fatal('token_disabled')],
    [2, fatal('token_required')],
    [3, fatal('invalid_authorization')],
    [4, fatal('invalid_token')],
    [5, noneTaken('no_data')],
    [6, noneTaken('invalid_data_format')],
    [7, fatal('incorrect_index')],
    [8, serverError],
    [9, temporary('server_busy')],
    [10, fatal('channel_missing')],
    [11, temporary('invalid_channel')],
    [12, noneTaken('event_required')],
    [13, noneTaken('event_blank')],
    [14, fatal('ack_disabled')],
    [15, noneTaken('invalid_fields')],
    [16, fatal('query_auth_disabled')],
    [17, temporary('not_a_receiver')],
    [18, temporary('queues_full')],
    [19, temporary('ack_unavailable')],
    [20, temporary('queues_full')],
    [21, fatal('invalid_token')],
    [22, fatal('token_disabled')],
    [23, temporary('shutting_down')],
    [24, 'accepted'],
    [25, 'accepted'],
    [26, temporary('queues_full')],
    [27, temporary('ack_queue_full')],
    [28, fatal('sticky_session_required')],
  ]

  test('is in the list of these tests', () => {
    expect(meanings.map(([code]) => code)).toEqual([...hecCodeTable.keys()])
  })

  test.each(meanings)('%i means %j', async (code, expected) => {
    if (expected === 'accepted') {
      const receiver = await startHecReceiver({ answer: () => reply(code) })
      await sinkFor(receiver).write(events(3), neverAborted)
      expect(receiver.posts).toHaveLength(1)
    } else {
      expect(await refusalOf(reply(code))).toEqual({ ...expected, accepted: 0 })
    }
  })

  test('is in the message, with the text of the collector and a next step', async () => {
    const receiver = await startHecReceiver({ answer: () => reply(1) })
    const { message } = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
    expect(message).toBe(
      `${receiver.url} answered 403 (code 1). Enable the token in Splunk: Settings, Data inputs, HTTP Event Collector. It says: "Token disabled".`,
    )
  })

  test.each(meanings.filter(([, meaning]) => meaning !== 'accepted'))(
    '%i comes with a sentence on what to do',
    async (code) => {
      const receiver = await startHecReceiver({ answer: () => reply(code) })
      const { message } = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
      const [, step] = /answered \d+(?: \(code \d+\))?\. (.*) It says: "/.exec(message) ?? []
      expect(step).toMatch(/^[A-Z].{9,}\.$/)
    },
  )

  test('names the index if it is the wrong one, and the setting if no index is set', async () => {
    const receiver = await startHecReceiver({ answer: () => reply(7) })
    const messageOf = async (index?: string): Promise<string> =>
      (await faultOf(sinkFor(receiver, { index }).write(events(1), neverAborted))).message
    expect(await messageOf('sec_asana_prod')).toMatch(/the index "sec_asana_prod".*SPLUNK_HEC_INDEX/)
    expect(await messageOf()).toMatch(/No index is set here.*SPLUNK_HEC_INDEX/)
  })

  test.each([
    [3, 'SPLUNK_HEC_TOKEN'],
    [4, 'SPLUNK_HEC_TOKEN'],
    [14, 'SPLUNK_HEC_ACK'],
    [16, 'SPLUNK_HEC_URL'],
    [21, 'SPLUNK_HEC_TOKEN'],
  ])('%i names the setting it is about, %s', async (code, setting) => {
    const receiver = await startHecReceiver({ answer: () => reply(code) })
    const { message } = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
    expect(message).toContain(setting)
  })

  test('decides, whatever the HTTP status is', async () => {
    const { body } = reply(9)
    expect(await refusalOf({ status: 200, body: body ?? '' })).toEqual({
      ...temporary('server_busy'),
      accepted: 0,
    })
    const { body: success } = reply(0)
    expect(await refusalOf({ status: 503, body: success ?? '' })).toEqual({
      ...temporary('unavailable'),
      accepted: 0,
    })
  })
})

describe('the event that a refusal names', () => {
  test.each([6, 12, 13, 15])('with code %i is rejected, and those before it are accepted', async (code) => {
    for (const number of [0, 1, 2]) {
      const shape = await refusalOf(reply(code, { 'invalid-event-number': number }))
      expect(shape).toMatchObject({ fault: 'rejected', at: number, accepted: number })
      expect(shape).not.toHaveProperty('affected')
    }
  })

  test.each([3, -1, 1.5, '1', null, 1e300])('is unknown if its number is %j', async (number) => {
    const shape = await refusalOf(reply(6, { 'invalid-event-number': number }))
    expect(shape).toEqual({ ...noneTaken('invalid_data_format'), accepted: 0 })
  })

  test('is unknown for the code of no data, whatever its number', async () => {
    const shape = await refusalOf(reply(5, { 'invalid-event-number': 1 }))
    expect(shape).toEqual({ ...noneTaken('no_data'), accepted: 0 })
  })

  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [0, 0],
    [4, 0],
    ['2', 0],
  ])('of a wrong index is one before %j, so %i are accepted', async (number, accepted) => {
    const shape = await refusalOf(reply(7, { 'invalid-event-number': number }))
    expect(shape).toEqual({ ...fatal('incorrect_index'), accepted })
  })

  test('has its place in the whole write, also if it is in the second request', async () => {
    const receiver = await startHecReceiver({
      answer: (_, count) => (count === 2 ? reply(6, { 'invalid-event-number': 1 }) : undefined),
    })
    const sink = sinkFor(receiver, { maxBodyBytes: 500 })
    const found = await faultOf(sink.write(events(12), neverAborted))
    const [first] = receiver.posts
    const before = first?.objects.length ?? 0
    expect(before).toBeGreaterThan(1)
    expect(found).toMatchObject({ fault: 'rejected', at: before + 1, accepted: before + 1 })
    expect(receiver.posts).toHaveLength(2)
  })

  test('is not the cause if Splunk Cloud refuses a large body with the code for bad data', async () => {
    const receiver = await startHecReceiver({
      answer: ({ body }) => (body.length > 1_000_000 ? reply(6, { 'invalid-event-number': 0 }) : undefined),
    })
    const large = (count: number): ReturnType<typeof events> =>
      Array.from({ length: count }, (_, number) => event(number, { event: 'x'.repeat(600_000) }))
    const sink = sinkFor(receiver, { maxBodyBytes: 5_000_000, maxEventBytes: 5_000_000 })
    expect(await faultOf(sink.write(large(4), neverAborted))).toMatchObject({
      fault: 'rejected',
      code: 'too_large',
      at: 'none-taken',
      affected: 4,
    })
    const alone = [event(1, { event: 'x'.repeat(1_200_000) })]
    expect(await faultOf(sink.write(alone, neverAborted))).toMatchObject({
      code: 'invalid_data_format',
      at: 0,
    })
  })
})

describe('an answer that is not from a collector', () => {
  const html = '<!doctype html><html><body><h1>Request Entity Too Large</h1></body></html>'
  const page = (status: number, body = html): Reply => ({
    status,
    body,
    headers: { 'content-type': 'text/html' },
  })
  const cases: [string, Reply | 'break', FaultShape][] = [
    ['200 with a login page', page(200), temporary('not_a_receiver')],
    ['200 without a body', page(200, ''), temporary('not_a_receiver')],
    ['204', page(204, ''), temporary('not_a_receiver')],
    ['200 with text', page(200, 'OK'), temporary('not_a_receiver')],
    ['200 with other JSON', page(200, '{"ok":true}'), temporary('not_a_receiver')],
    ['200 with a JSON list', page(200, '[0]'), temporary('not_a_receiver')],
    ['200 with null', page(200, 'null'), temporary('not_a_receiver')],
    ['200 with a code but no text', page(200, '{"code":0}'), temporary('not_a_receiver')],
    ['200 with a code that is text', page(200, '{"text":"Success","code":"0"}'), temporary('not_a_receiver')],
    ['200 with an unknown code', page(200, '{"text":"Success","code":99}'), temporary('not_a_receiver')],
    ['200 with half an answer', page(200, '{"text":"Success","co'), temporary('not_a_receiver')],
    ['301', page(301), fatal('redirected')],
    ['400', page(400), noneTaken('bad_data')],
    ['400 of a gRPC gateway', page(400, '{"code":3,"message":"bad"}'), noneTaken('bad_data')],
    ['401', page(401), fatal('unauthorized')],
    ['403', page(403), fatal('forbidden')],
    ['404', page(404), fatal('not_found')],
    ['404 in JSON', page(404, '{"text":"The requested URL was not found","code":404}'), fatal('not_found')],
    ['405', page(405), fatal('method_not_allowed')],
    ['408', page(408), temporary('request_timeout')],
    ['413', page(413), noneTaken('too_large')],
    [
      '413 with a code that usually means something else',
      page(413, '{"text":"Request entity too large","code":27}'),
      noneTaken('too_large'),
    ],
    ['415', page(415), fatal('unsupported_media_type')],
    ['418', page(418), fatal('unexpected_status')],
    ['422', page(422), noneTaken('bad_data')],
    ['429', page(429), temporary('rate_limited')],
    ['500', page(500), serverError],
    ['502', page(502), temporary('unavailable')],
    ['503', page(503), temporary('unavailable')],
    ['504', page(504), temporary('unavailable')],
    ['a broken connection', 'break', temporary('connection_lost')],
  ]
  test.each(cases)('%s', async (_, told, expected) => {
    expect(await refusalOf(told)).toEqual({ ...expected, accepted: 0 })
  })

  test('is quoted without its markup', async () => {
    const receiver = await startHecReceiver({ answer: () => page(413) })
    const { message } = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
    expect(message).toBe(
      `${receiver.url} answered 413. It accepts only smaller requests. Raise the limit of the receiver, or of a proxy before it; a program that uses the library can lower maxBodyBytes instead.`,
    )
  })

  test('is a temporary fault if it is a 404 after events were accepted', async () => {
    const receiver = await startHecReceiver({
      answer: (_, count) => (count === 2 ? page(404) : undefined),
    })
    const sink = sinkFor(receiver)
    await sink.write(events(1), neverAborted)
    expect(await faultOf(sink.write(events(1), neverAborted))).toMatchObject(temporary('not_found'))
  })

  test('may be a refused connection', async () => {
    const found = await faultOf(sinkFor({ url: 'http://127.0.0.1:1' }).write(events(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'connection_refused', accepted: 0 })
  })

  test('may never come', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const sink = sinkFor({ url: `http://127.0.0.1:${port}` }, { timeoutMs: 50 })
    expect(await faultOf(sink.write(events(1), neverAborted))).toMatchObject(temporary('timeout'))
  })
})

test('a redirect receives neither the events nor the token', async () => {
  const elsewhere = await startHecReceiver()
  for (const status of [301, 302, 303, 307, 308]) {
    const headers = { location: `${elsewhere.url}/services/collector/event` }
    const receiver = await startHecReceiver({ answer: () => ({ status, headers }) })
    const found = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
    expect(found).toMatchObject(fatal('redirected'))
    expect(found.message).toContain(`It leads to ${elsewhere.url}/`)
  }
  expect(elsewhere.posts).toEqual([])
})

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    ['soon', undefined],
  ])('%s of a busy collector asks for %s ms', async (header, ms) => {
    const busy = { ...reply(9), headers: { 'retry-after': header } }
    expect(await refusalOf(busy)).toEqual({ ...temporary('server_busy'), accepted: 0, retryAfterMs: ms })
  })

  test('is left out of a fault that waiting does not end', async () => {
    expect(await refusalOf({ ...reply(4), headers: { 'retry-after': '7' } })).not.toHaveProperty(
      'retryAfterMs',
    )
  })
})

describe('a refused channel', () => {
  const channelsOf = ({ posts }: HecReceiver): unknown[] =>
    posts.map(({ headers }) => headers['x-splunk-request-channel'])

  test('is replaced once, is fatal if the new one is refused too, and can be replaced again after an acceptance', async () => {
    const refused = [1, 2, 3, 5]
    const receiver = await startHecReceiver({
      answer: (_, count) => (refused.includes(count) ? reply(11) : undefined),
    })
    const sink = sinkFor(receiver)
    const kinds: string[] = []
    for (let attempt = 0; attempt < 6; attempt++) {
      const kind = sink.write(events(1), neverAborted).then(
        () => 'accepted',
        ({ fault }: FaultShape) => fault,
      )
      kinds.push(await kind)
    }
    expect(kinds).toEqual(['temporary', 'fatal', 'fatal', 'accepted', 'temporary', 'accepted'])
    const [first, second, third, fourth, fifth, sixth] = channelsOf(receiver)
    expect(new Set([first, second, sixth]).size).toBe(3)
    expect([third, fourth, fifth]).toEqual([second, second, second])
  })

  test('is replaced once for all requests that used it', async () => {
    const allUnderWay = Promise.withResolvers<void>()
    const receiver = await startHecReceiver({
      async answer(_, count) {
        if (count === 3) allUnderWay.resolve()
        await allUnderWay.promise
        return count <= 3 ? reply(11) : undefined
      },
    })
    const sink = sinkFor(receiver)
    const found = await Promise.all([1, 2, 3].map(() => faultOf(sink.write(events(1), neverAborted))))
    expect(found.map(({ fault }) => fault)).toEqual(['temporary', 'temporary', 'temporary'])
    for (let attempt = 0; attempt < 3; attempt++) await sink.write(events(1), neverAborted)
    expect(new Set(channelsOf(receiver)).size).toBe(2)
  })
})

describe('the token', () => {
  test('is in no error, even if an answer repeats it', async () => {
    const echoes: Reply[] = [
      { status: 403, body: { text: `Invalid token ${token}`, code: 4 } },
      { status: 500, body: `Authorization: Splunk ${token}` },
      { status: 200, body: `token=${token}` },
      { status: 413, body: `${'x'.repeat(190)}${token}` },
    ]
    for (const echo of echoes) {
      const receiver = await startHecReceiver({ answer: () => echo })
      const found = await faultOf(sinkFor(receiver).write(events(1), neverAborted))
      expect(revealedBy(found)).not.toContain(token)
      expect(found.message).not.toContain(token.slice(0, 8))
    }
    const found = await faultOf(sinkFor({ url: 'http://127.0.0.1:1' }).write(events(1), neverAborted))
    expect(revealedBy(found)).not.toContain(token)
  })

  test.each(['', ' ', `Splunk ${token}`, `${token}\n`, 'tökén'])(
    '%j cannot be sent, and is not quoted',
    async (bad) => {
      const receiver = await startHecReceiver()
      const found = await faultOf(sinkFor(receiver, { token: bad }).write(events(1), neverAborted))
      expect(found).toMatchObject(fatal('bad_token'))
      expect(revealedBy(found)).not.toContain(token)
      expect(receiver.posts).toEqual([])
    },
  )

  test('is asked for before each request and once more after a refusal, so that a corrected one is used at once', async () => {
    const receiver = await startHecReceiver({ token })
    const tokens = ['old', 'old', 'old', 'old', 'old', token]
    const sink = sinkFor(receiver, { token: async () => tokens.shift() ?? '' })
    for (const _ of [1, 2]) {
      expect(await faultOf(sink.write(events(1), neverAborted))).toMatchObject(fatal('invalid_token'))
    }
    await sink.write(events(1), neverAborted)
    expect(receiver.indexed).toHaveLength(1)
  })

  test('is replaced without a pause by a second one, which is said once and shows neither', async () => {
    const receiver = await startHecReceiver({ token })
    const warnings: HecWarning[] = []
    const options = {
      token: 'expired-token',
      secondToken: token,
      onWarning: (one: HecWarning) => warnings.push(one),
    }
    const sink = sinkFor(receiver, options)
    for (const _ of [1, 2, 3]) await sink.write(events(1), neverAborted)
    expect(receiver.indexed).toHaveLength(3)
    expect(receiver.posts).toHaveLength(4)
    expect(warnings.map(({ code }) => code)).toEqual(['second_token'])
    expect(JSON.stringify(warnings)).not.toMatch(new RegExp(`expired-token|${token}`))
  })

  test('is a temporary fault if it cannot be read, and the events accepted before count', async () => {
    const receiver = await startHecReceiver()
    let asked = 0
    const sink = sinkFor(receiver, {
      maxBodyBytes: 1,
      token: () => {
        asked += 1
        if (asked === 3) throw new Error('the vault is sealed')
        return token
      },
    })
    const found = await faultOf(sink.write(events(5), neverAborted))
    expect(found).toMatchObject({ ...temporary('token_unavailable'), accepted: 2 })
  })
})

test('a warning says once that a collector is close to its capacity, and again after it was not', async () => {
  const codes = [24, 25, 0, 24]
  const receiver = await startHecReceiver({ answer: (_, count) => reply(codes[count - 1] ?? 0) })
  const warnings: HecWarning[] = []
  const sink = sinkFor(receiver, { onWarning: (warning) => warnings.push(warning) })
  for (const _ of codes) await sink.write(events(1), neverAborted)
  expect(warnings.map(({ code }) => code)).toEqual(['near_capacity', 'near_capacity'])
})

test('a warning says once that the token has indexer acknowledgement', async () => {
  const receiver = await startHecReceiver({ answer: (_, count) => reply(0, { ackId: count - 1 }) })
  const warnings: HecWarning[] = []
  const sink = sinkFor(receiver, { onWarning: (warning) => warnings.push(warning) })
  await sink.write(events(1), neverAborted)
  await sink.write(events(1), neverAborted)
  expect(warnings.map(({ code }) => code)).toEqual(['ack_not_awaited'])
})
