import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { authority, type Certificate, certificate } from '../../core/test/support/certificates.ts'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { startSimulator } from '../../simulator/src/index.ts'
import { asanaHecEvent, type HecEvent, type HecWarning, hecSink } from '../src/index.ts'
import { startHecReceiver } from './support/hec-receiver.ts'
import { event, events, neverAborted, sinkFor, token } from './support/sink-for.ts'

const gids = (indexed: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
  indexed.map(({ event: one }) => (one as { gid: string }).gid)

const numbers = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number))

describe('a sink with a map of its own', () => {
  test('sends the event of each item, and rejects an item that it cannot map by its place', async () => {
    const receiver = await startHecReceiver()
    const toHecEvent = (gid: string): HecEvent => {
      if (gid === 'bad') throw new TypeError('no such thing')
      return event(gid)
    }
    const sink = hecSink({ url: receiver.url, token, toHecEvent })
    onTestFinished(() => sink.close?.())
    expect(await faultOf(sink.write(['a', 'bad', 'b'], neverAborted))).toMatchObject({
      fault: 'rejected',
      code: 'unencodable',
      at: 1,
      accepted: 1,
    })
    expect(gids(receiver.indexed)).toEqual(['a'])
  })
})

describe('a request', () => {
  test('is a POST of JSON lines, compressed, with token and channel', async () => {
    const receiver = await startHecReceiver({ token })
    await sinkFor(receiver).write(events(2), neverAborted)
    const [post] = receiver.posts
    expect(post).toMatchObject({
      method: 'POST',
      path: '/services/collector/event',
      headers: {
        authorization: `Splunk ${token}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'x-splunk-request-channel': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      },
    })
    expect(gunzipSync(post?.wire ?? '').toString()).toBe(
      [0, 1]
        .map(
          (number) =>
            `{"time":1763780645.123,"source":"asana:audit_log_api","sourcetype":"asana:audit","event":{"gid":"${number}"}}`,
        )
        .join('\n'),
    )
  })

  test('is not compressed if the option says so', async () => {
    const receiver = await startHecReceiver()
    await sinkFor(receiver, { compression: 'none' }).write(events(2), neverAborted)
    const [post] = receiver.posts
    expect(post?.headers).not.toHaveProperty('content-encoding')
    expect(post?.wire.toString()).toBe(post?.body)
    expect(gids(receiver.indexed)).toEqual(['0', '1'])
  })

  test('uses the channel of its sink', async () => {
    const receiver = await startHecReceiver()
    const sinks = [sinkFor(receiver), sinkFor(receiver)]
    for (const sink of [...sinks, ...sinks]) await sink.write(events(1), neverAborted)
    const channels = receiver.posts.map(({ headers }) => headers['x-splunk-request-channel'])
    expect(channels[0]).toBe(channels[2])
    expect(channels[1]).toBe(channels[3])
    expect(channels[0]).not.toBe(channels[1])
  })

  test('carries the metadata of the sink, or of the event', async () => {
    const receiver = await startHecReceiver()
    const sink = sinkFor(receiver, { index: 'audit', host: '12345', source: 's', sourcetype: '' })
    await sink.write([event(1), event(2, { index: 'other', host: 'h', sourcetype: 't' })], neverAborted)
    expect(receiver.indexed).toMatchObject([
      { index: 'audit', host: '12345', source: 's' },
      { index: 'other', host: 'h', source: 's', sourcetype: 't' },
    ])
    expect(receiver.indexed[0]).not.toHaveProperty('sourcetype')
  })
})

describe('a write is split', () => {
  test('at 1,000,000 bytes before compression by default', async () => {
    const receiver = await startHecReceiver()
    const large = numbers(5).map((gid) => event(gid, { event: { gid, pad: 'x'.repeat(400_000) } }))
    await sinkFor(receiver).write(large, neverAborted)
    expect(receiver.posts.map(({ objects }) => objects.length)).toEqual([2, 2, 1])
    expect(gids(receiver.indexed)).toEqual(numbers(5))
  })

  test('not for a page of usual events: each further request of a write waits for the one before it', async () => {
    const receiver = await startHecReceiver()
    const asana = await startSimulator({ events: 1_000 })
    onTestFinished(() => asana.close())
    await sinkFor(receiver, { host: asana.workspace }).write(
      asana.events.map((one) => asanaHecEvent(one)),
      neverAborted,
    )
    expect(receiver.posts.map(({ objects }) => objects.length)).toEqual([1_000])
  })

  test('so that no body is over the limit and no two neighbours would fit into one', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.nat(400), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 600, max: 2_000 }),
      async (sizes, maxBodyBytes) => {
        const receiver = await startHecReceiver()
        const sink = hecSink({ url: receiver.url, token, maxBodyBytes, compression: 'none' })
        await sink.write(
          sizes.map((size, gid) => event(gid, { event: { gid: String(gid), pad: 'é'.repeat(size / 2) } })),
          neverAborted,
        )
        await sink.close?.()
        const bytes = receiver.posts.map(({ wire }) => wire.length)
        expect(Math.max(...bytes)).toBeLessThanOrEqual(maxBodyBytes)
        const next = receiver.posts.map(({ objects }) => Buffer.byteLength(objects[0] ?? ''))
        for (let i = 1; i < bytes.length; i++) {
          expect((bytes[i - 1] ?? 0) + (next[i] ?? 0) + 2).toBeGreaterThan(maxBodyBytes)
        }
        expect(gids(receiver.indexed)).toEqual(numbers(sizes.length))
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })

  test('at an event that cannot be sent: those before it are sent, and it is named', async () => {
    const bad: [string, object, string][] = [
      ['an event over the limit', { event: 'x'.repeat(900_000) }, 'event_too_large'],
      ['an empty event', { event: null }, 'empty_event'],
      ['a time that is none', { timeMs: Number.NaN }, 'unencodable'],
      ['a nested field', { fields: { a: {} } }, 'nested_field'],
    ]
    for (const [, more, code] of bad) {
      const receiver = await startHecReceiver()
      const write = [event(0), event(1), event('bad', more), event(3)]
      const found = await faultOf(sinkFor(receiver).write(write, neverAborted))
      expect(found).toMatchObject({ fault: 'rejected', code, at: 2, accepted: 2 })
      expect(gids(receiver.indexed)).toEqual(['0', '1'])
    }
  })
})

describe('abort', () => {
  test('ends a running request with the given reason', async () => {
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const receiver = await startHecReceiver({
      answer: () => {
        abort.abort(reason)
        return undefined
      },
    })
    await expect(sinkFor(receiver).write(events(1), abort.signal)).rejects.toBe(reason)
  })

  test('sends nothing if it came first', async () => {
    const receiver = await startHecReceiver()
    const reason = new Error('stop requested')
    await expect(sinkFor(receiver).write(events(1), AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(receiver.posts).toEqual([])
  })
})

describe('TLS', () => {
  let ca: Certificate
  let served: Certificate
  beforeAll(async () => {
    ca = await authority('Test authority')
    served = await certificate({ issuer: ca })
  })

  test('trusts a private CA only if the settings name it', async () => {
    const receiver = await startHecReceiver({ tls: served })
    await sinkFor(receiver, { ca: ca.cert }).write(events(1), neverAborted)
    expect(await faultOf(sinkFor(receiver).write(events(1), neverAborted))).toMatchObject({
      fault: 'fatal',
      code: 'tls',
      accepted: 0,
    })
    expect(receiver.posts).toHaveLength(1)
  })

  test('accepts a certificate for another name when the settings give that name', async () => {
    const other = await certificate({ issuer: ca, name: 'splunk.internal.example' })
    const receiver = await startHecReceiver({ tls: other })
    const options = { ca: ca.cert, serverName: 'splunk.internal.example' }
    await sinkFor(receiver, options).write(events(1), neverAborted)
    expect(await faultOf(sinkFor(receiver, { ca: ca.cert }).write(events(1), neverAborted))).toMatchObject({
      code: 'tls',
    })
  })

  test('accepts any certificate with the insecure option, and warns when the sink is created', async () => {
    const receiver = await startHecReceiver({ tls: await certificate({ name: 'SplunkServerDefaultCert' }) })
    const warnings: HecWarning[] = []
    const sink = sinkFor(receiver, { insecure: true, onWarning: (warning) => warnings.push(warning) })
    expect(warnings.map(({ code }) => code)).toEqual(['insecure_tls'])
    await sink.write(events(1), neverAborted)
    expect(receiver.indexed).toHaveLength(1)
    expect(warnings).toHaveLength(1)
  })
})

test('plain http to another machine is refused, or a warning if it is allowed', () => {
  const options = { url: 'http://splunk.example.com:8088', token }
  expect(() => hecSink(options)).toThrow(TypeError)
  const warnings: HecWarning[] = []
  hecSink({ ...options, allowPlainHttp: true, onWarning: (warning) => warnings.push(warning) })
  expect(warnings.map(({ code }) => code)).toEqual(['plain_http'])
})

test('requests go through the proxy of the settings', async () => {
  const receiver = await startHecReceiver()
  const proxied: string[] = []
  const proxy = await startHecReceiver({
    answer: ({ path }) => {
      proxied.push(path)
      return undefined
    },
  })
  const found = await faultOf(
    sinkFor(receiver, { proxy: { http: proxy.url } }).write([asanaHecEvent(minimal)], neverAborted),
  )
  // It does not forward, but it shows where the request went.
  expect(found.code).toBe('not_found')
  expect(found.message).toContain(`${receiver.url} or the proxy ${proxy.url} on the way to it answered 404.`)
  expect(proxied).toEqual([`${receiver.url}/services/collector/event`])
})

const minimal = { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type: 'x', actor: {} }
