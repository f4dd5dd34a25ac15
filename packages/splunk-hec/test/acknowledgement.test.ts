import type { Fact, FaultShape } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { type HecSinkOptions, hecSink } from '../src/index.ts'
import { type AckReceiver, type AckReceiverOptions, startAckReceiver } from './support/ack-receiver.ts'
import { type Envelope, reply, startHecReceiver } from './support/hec-receiver.ts'
import { event, events, neverAborted, sinkFor } from './support/sink-for.ts'

const temporary = (code: string): FaultShape => ({ fault: 'temporary', code })
const fatal = (code: string): FaultShape => ({ fault: 'fatal', code })

const gidOf = ({ event: one }: Envelope): string => (one as { gid: string }).gid
const gids = ({ indexed }: AckReceiver): string[] => indexed.map(gidOf)

/** A sink with a clock that only waiting moves. */
function acked(receiver: { readonly url: string }, options: Partial<HecSinkOptions> = {}) {
  const clock = autoClock()
  return Object.assign(sinkFor(receiver, { ack: true, clock, ...options }), { waits: clock.waits })
}

/** Resolves as soon as the condition holds; until then the receivers of these tests can run. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

describe('a write', () => {
  test('resolves when the collector says that each of its requests is indexed', async () => {
    const receiver = await startAckReceiver({ isIndexed: (_, asked) => asked >= 4 })
    const sink = acked(receiver, { maxBodyBytes: 1 })
    await sink.write(events(3), neverAborted)
    expect(gids(receiver)).toEqual(['0', '1', '2'])
    expect(receiver.posted('event')).toHaveLength(3)
    expect(receiver.channels()).toHaveLength(1)
  })

  test('is asked about after 200 ms at first, then less and less often, at least every 10 s', async () => {
    const receiver = await startAckReceiver({ isIndexed: (_, asked) => asked >= 9 })
    const sink = acked(receiver)
    await sink.write(events(1), neverAborted)
    expect(sink.waits).toEqual([200, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  })

  test('reports how long each acknowledgement took, and nothing for one that did not come', async () => {
    const receiver = await startAckReceiver({
      isIndexed: ([first = {}], asked) => gidOf(first) !== 'never' && asked >= 4,
    })
    const facts: Fact[] = []
    const sink = acked(receiver, { ack: { timeoutMs: 60_000 }, onFact: (fact) => facts.push(fact) })
    await sink.write(events(1), neverAborted)
    // Its polls waited so long.
    expect(facts).toEqual([{ type: 'acknowledged', ms: 200 + 200 + 400 + 800 }])
    await faultOf(sink.write([event('never')], neverAborted))
    expect(facts).toHaveLength(1)
  })

  test('does not use the acknowledgement of another write', async () => {
    let held = true
    const receiver = await startAckReceiver({
      isIndexed: ([first = {}]) => gidOf(first) !== '0' || !held,
    })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const done: string[] = []
    const writes = ['0', '1', '2'].map((gid) =>
      sink.write([event(gid)], neverAborted).then(() => done.push(gid)),
    )
    await until(() => done.length === 2)
    expect(new Set(done)).toEqual(new Set(['1', '2']))
    held = false
    await Promise.all(writes)
    expect(done.at(-1)).toBe('0')
  })

  test('shares its polls with the other writes of the channel', async () => {
    const receiver = await startAckReceiver({ isIndexed: (_, asked) => asked >= 3 })
    const sink = acked(receiver)
    await Promise.all(events(8).map((one) => sink.write([one], neverAborted)))
    const most = receiver
      .posted('ack')
      .map(({ body }) => (JSON.parse(body) as { acks: number[] }).acks.length)
    expect(Math.max(...most)).toBeGreaterThan(4)
    expect(most.length).toBeLessThan(24)
  })

  test('is not sent while maxPending requests are unacknowledged', async () => {
    let most = 0
    let pending = 0
    const receiver = await startAckReceiver({
      isIndexed: () => {
        pending -= 1
        return true
      },
      fault: ({ kind }) => {
        if (kind === 'event') pending += 1
        most = Math.max(most, pending)
        return undefined
      },
    })
    const sink = acked(receiver, { ack: { maxPending: 2 }, maxBodyBytes: 1 })
    await Promise.all([sink.write(events(5), neverAborted), sink.write(events(5), neverAborted)])
    expect(most).toBe(2)
    expect(receiver.indexed).toHaveLength(10)
  })

  test.each([
    [25, 'success'],
    [27, 'refusal'],
  ])('is not sent after code %i, a %s, until every earlier request is acknowledged', async (code) => {
    const receiver = await startAckReceiver({
      codeOf: ({ number }) => (number === 2 ? code : 0),
      isIndexed: (_, asked) => asked >= 5,
    })
    const sink = acked(receiver)
    const first = sink.write([event(1)], neverAborted)
    await until(() => receiver.posts.length > 0)
    const second = sink.write([event(2)], neverAborted).catch(({ code: found }: FaultShape) => found)
    await until(() => receiver.posted('event').length > 1)
    await sink.write([event(3)], neverAborted)
    const indexedFirst = code === 25 ? ['1', '2'] : ['1']
    expect(receiver.indexedBeforeEach[2]?.map(gidOf)).toEqual(indexedFirst)
    expect([await first, await second]).toEqual([undefined, code === 25 ? undefined : 'ack_queue_full'])
  })

  test('ends at once if it is aborted, and is not asked about again', async () => {
    const receiver = await startAckReceiver({ isIndexed: () => false })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const stop = new AbortController()
    const written = sink.write(events(1), stop.signal)
    await until(() => receiver.posted('ack').length > 2)
    stop.abort(new Error('stopped'))
    await expect(written).rejects.toThrow('stopped')
    const asked = receiver.posted('ack').length
    await sink.close?.()
    expect(receiver.posted('ack').length - asked).toBeLessThanOrEqual(1)
  })

  test('is not sent if it is aborted while it waits for room', async () => {
    const receiver = await startAckReceiver({ isIndexed: () => false })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9, maxPending: 1 } })
    const [one, two] = [new AbortController(), new AbortController()]
    const first = sink.write([event(1)], one.signal)
    await until(() => receiver.posts.length > 0)
    const second = sink.write([event(2)], two.signal)
    two.abort(new Error('stopped'))
    await expect(second).rejects.toThrow('stopped')
    expect(receiver.posted('event')).toHaveLength(1)
    one.abort(new Error('stopped too'))
    await expect(first).rejects.toThrow('stopped too')
  })
})

describe('a missing acknowledgement', () => {
  test('is a temporary fault of every waiting write after 5 minutes, and later writes use a new channel', async () => {
    let gone = true
    const receiver = await startAckReceiver({
      isIndexed: ([first = {}], asked) => (gone ? gidOf(first) === '0' && asked > 2 : true),
    })
    const sink = acked(receiver)
    await sink.write([event(0)], neverAborted)
    const found = await Promise.all([1, 2, 3].map((gid) => faultOf(sink.write([event(gid)], neverAborted))))
    for (const one of found) expect(one).toMatchObject({ ...temporary('ack_timeout'), accepted: 0 })
    expect(new Set(found).size).toBe(3)
    expect(sink.waits.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(300_000)
    gone = false
    await sink.write([event(4)], neverAborted)
    expect(receiver.channels()).toHaveLength(2)
    expect(gids(receiver)).toEqual(['0', '4'])
  })

  test('leaves the requests before it accepted, and no later ones', async () => {
    const receiver = await startAckReceiver({ isIndexed: ([first = {}]) => gidOf(first) !== '1' })
    const sink = acked(receiver, { maxBodyBytes: 1 })
    const found = await faultOf(sink.write(events(3), neverAborted))
    expect(found).toMatchObject({ ...temporary('ack_timeout'), accepted: 1 })
    expect(gids(receiver)).toEqual(['0', '2'])
  })

  test('is not assumed if the answer with "true" was lost', async () => {
    const receiver = await startAckReceiver({
      isIndexed: () => true,
      fault: ({ kind, number }) => (kind === 'ack' && number === 1 ? 'lose' : undefined),
    })
    expect(await faultOf(acked(receiver).write(events(1), neverAborted))).toMatchObject(
      temporary('ack_timeout'),
    )
  })

  const unanswered: [string, AckReceiverOptions['fault']][] = [
    ['a broken connection', () => 'break'],
    ['a busy collector', () => reply(9)],
    ['an error', () => ({ status: 500, body: '<html>' })],
    ['a login page', () => ({ status: 200, body: '<html>Log in</html>' })],
    ['a list', () => ({ status: 200, body: { acks: [true] } })],
    ['an answer for events', () => ({ status: 200, body: { text: 'Success', code: 0 } })],
    ['true as text', () => ({ status: 200, body: { acks: { 0: 'true' } } })],
    ['other ids', () => ({ status: 200, body: { acks: { 1: true, '-0': true, '': true, '0.0': true } } })],
    ['no ids', () => ({ status: 200, body: { acks: {} } })],
    ['true with an error', () => ({ status: 503, body: { acks: { 0: true } } })],
  ]
  test.each(unanswered)('is asked about again after an answer that is %s', async (_, told) => {
    const receiver = await startAckReceiver({
      isIndexed: () => true,
      fault: (asked) => (asked.kind === 'ack' && asked.number <= 3 ? told?.(asked) : undefined),
    })
    await acked(receiver).write(events(1), neverAborted)
    expect(receiver.posted('ack')).toHaveLength(4)
  })

  test('names the last failed poll in its message', async () => {
    const receiver = await startAckReceiver({ fault: ({ kind }) => (kind === 'ack' ? reply(9) : undefined) })
    const found = await faultOf(acked(receiver).write(events(1), neverAborted))
    expect(found).toMatchObject(temporary('ack_timeout'))
    expect(found.message).toContain('Server is busy')
  })

  test('is asked about no earlier than Retry-After allows', async () => {
    const receiver = await startAckReceiver({
      fault: ({ kind, number }) =>
        kind === 'ack' && number === 1 ? { ...reply(9), headers: { 'retry-after': '60' } } : undefined,
    })
    const sink = acked(receiver)
    await sink.write(events(1), neverAborted)
    expect(sink.waits.slice(0, 2)).toEqual([200, 60_000])
  })
})

describe('a channel ends', () => {
  test('if the collector is restarted, even if its new ids look right', async () => {
    const receiver = await startAckReceiver({ isIndexed: ([first = {}]) => gidOf(first) !== 'a' })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const lost = faultOf(sink.write([event('a')], neverAborted))
    await until(() => receiver.posted('ack').length > 0)
    receiver.restart()
    // This request gets the id of the first, and "true".
    const found = await faultOf(sink.write([event('b')], neverAborted))
    expect(found).toMatchObject({ ...temporary('channel_changed'), accepted: 0 })
    expect(await lost).toMatchObject({ ...temporary('channel_changed'), accepted: 0 })
    await sink.write([event('c')], neverAborted)
    expect(receiver.channels()).toHaveLength(2)
  })

  test('if the answer that would have shown a restart is lost', async () => {
    const receiver = await startAckReceiver({
      isIndexed: ([first = {}]) => gidOf(first) !== 'a',
      fault: ({ kind, number }) => (kind === 'event' && number === 2 ? 'lose' : undefined),
    })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const first = faultOf(sink.write([event('a')], neverAborted))
    await until(() => receiver.posted('ack').length > 0)
    receiver.restart()
    expect(await faultOf(sink.write([event('b')], neverAborted))).toMatchObject(temporary('connection_lost'))
    expect(await first).toMatchObject(temporary('channel_changed'))
  })

  test('if a server error hides whether an id was given', async () => {
    const receiver = await startAckReceiver({
      isIndexed: () => false,
      fault: ({ kind, number }) => (kind === 'event' && number === 2 ? reply(8) : undefined),
    })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const first = faultOf(sink.write([event('a')], neverAborted))
    await until(() => receiver.posted('ack').length > 0)
    expect(await faultOf(sink.write([event('b')], neverAborted))).toMatchObject(temporary('server_error'))
    expect(await first).toMatchObject(temporary('channel_changed'))
  })

  test('if the cookie changes, and that answer is not used', async () => {
    // The second indexer says "true" for everything.
    const receiver = await startHecReceiver({
      answer: ({ path, headers }, count) => {
        const name = count <= 2 ? 'one' : 'two'
        const cookie = headers.cookie === `sticky=${name}` ? {} : { 'set-cookie': `sticky=${name}; Path=/` }
        if (!path.endsWith('/ack')) return { ...reply(0, { ackId: count === 1 ? 0 : 7 }), headers: cookie }
        return { status: 200, body: { acks: { 0: name === 'two', 7: true } }, headers: cookie }
      },
    })
    const sink = acked(receiver)
    expect(await faultOf(sink.write([event(1)], neverAborted))).toMatchObject(temporary('channel_changed'))
    await sink.write([event(1)], neverAborted)
    const sent = receiver.posts.map(({ headers }) => headers.cookie)
    expect(sent).toEqual([undefined, 'sticky=one', 'sticky=one', 'sticky=two', 'sticky=two'])
    const channels = receiver.posts.map(({ headers }) => headers['x-splunk-request-channel'])
    expect(channels[2]).toBe(channels[0])
    expect(channels[3]).not.toBe(channels[0])
    expect(channels[4]).toBe(channels[3])
  })

  test('if requests go to several indexers without a cookie, and no wrong acknowledgement is used', async () => {
    const receiver = await startAckReceiver({
      indexer: ({ kind, number }) => (kind === 'event' && number % 2 ? 'one' : 'two'),
      isIndexed: ([first = {}]) => gidOf(first) === '2',
    })
    const sink = acked(receiver)
    const found = await Promise.all([1, 2].map((gid) => faultOf(sink.write([event(gid)], neverAborted))))
    expect(found.map(({ code }) => code)).toEqual(['channel_changed', 'channel_changed'])
  })

  test('if the collector does not know it any more, which is fatal the second time in a row', async () => {
    const receiver = await startAckReceiver({ fault: ({ kind }) => (kind === 'ack' ? reply(11) : undefined) })
    const sink = acked(receiver)
    expect(await faultOf(sink.write(events(1), neverAborted))).toMatchObject(temporary('invalid_channel'))
    expect(await faultOf(sink.write(events(1), neverAborted))).toMatchObject(fatal('invalid_channel'))
    expect(receiver.channels()).toHaveLength(2)
  })

  test('if the collector refuses it for events, for every write that waits on it', async () => {
    const receiver = await startAckReceiver({
      isIndexed: ([first = {}]) => gidOf(first) !== '1',
      fault: ({ kind, number }) => (kind === 'event' && number === 2 ? reply(11) : undefined),
    })
    const sink = acked(receiver, { ack: { timeoutMs: 1e9 } })
    const first = faultOf(sink.write([event(1)], neverAborted))
    await until(() => receiver.posts.length > 1)
    expect(await faultOf(sink.write([event(2)], neverAborted))).toMatchObject(temporary('invalid_channel'))
    expect(await first).toMatchObject(temporary('channel_changed'))
    await sink.write([event(2)], neverAborted)
  })
})

describe('a refusal', () => {
  test('counts the events before the bad one only after they are indexed', async () => {
    const receiver = await startAckReceiver({
      objection: (envelope) => (gidOf(envelope) === '2' ? 6 : undefined),
      isIndexed: (_, asked) => asked > 2,
    })
    const found = await faultOf(acked(receiver).write(events(4), neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', code: 'invalid_data_format', accepted: 2, at: 2 })
    expect(gids(receiver)).toEqual(['0', '1'])
  })

  test('counts nothing if they are never indexed', async () => {
    const receiver = await startAckReceiver({
      objection: (envelope) => (gidOf(envelope) === '2' ? 6 : undefined),
      isIndexed: () => false,
    })
    const found = await faultOf(acked(receiver).write(events(4), neverAborted))
    expect(found).toMatchObject({ ...temporary('ack_timeout'), accepted: 0 })
    expect(found).not.toHaveProperty('at')
  })

  test('does not count the events before the bad one if it gives no id for them', async () => {
    const receiver = await startHecReceiver({ answer: () => reply(6, { 'invalid-event-number': 2 }) })
    const found = await faultOf(acked(receiver).write(events(4), neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', at: 'none-taken', accepted: 0, affected: 4 })
  })

  test('of a later request is reported after the acknowledgement of the earlier ones', async () => {
    const receiver = await startAckReceiver({
      fault: ({ kind, number }) => (kind === 'event' && number === 3 ? reply(9) : undefined),
    })
    const found = await faultOf(acked(receiver, { maxBodyBytes: 1 }).write(events(4), neverAborted))
    expect(found).toMatchObject({ ...temporary('server_busy'), accepted: 2 })
    expect(gids(receiver)).toEqual(['0', '1'])
  })

  test('of an event by the sink itself is reported after the acknowledgement of the earlier ones', async () => {
    const receiver = await startAckReceiver()
    const found = await faultOf(acked(receiver).write([event(1), event(2, { event: '' })], neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', code: 'empty_event', at: 1, accepted: 1 })
    expect(gids(receiver)).toEqual(['1'])
  })
})

describe('a set-up that cannot acknowledge is fatal', () => {
  test('if an accepted request has no id', async () => {
    const receiver = await startHecReceiver()
    expect(await faultOf(acked(receiver).write(events(2), neverAborted))).toMatchObject({
      ...fatal('no_ack_id'),
      accepted: 0,
    })
  })

  const refusals: [string, AckReceiverOptions['fault'], string][] = [
    ['acknowledgement is off for the token', () => reply(14), 'ack_disabled'],
    ['the token is disabled meanwhile', () => reply(1), 'token_disabled'],
    ['nothing answers there', () => ({ status: 404, body: '<html>' }), 'not_found'],
  ]
  test.each(refusals)('if %s', async (_, told, code) => {
    const receiver = await startAckReceiver({
      fault: (asked) => (asked.kind === 'ack' ? told?.(asked) : undefined),
    })
    const found = await faultOf(acked(receiver).write(events(2), neverAborted))
    expect(found).toMatchObject({ ...fatal(code), accepted: 0 })
    expect(receiver.posted('ack')).toHaveLength(1)
  })

  test.each([{ timeoutMs: 0 }, { firstPollMs: -1 }, { slowestPollMs: Number.NaN }, { maxPending: 0 }])(
    'if its options are %j',
    (ack) => {
      expect(() => hecSink({ url: 'https://splunk.example.com:8088', token: 'abc', ack })).toThrow(TypeError)
    },
  )
})
