import { describe, expect, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { revealedBy } from '../../core/test/support/revealed-by.ts'
import { type HecSinkOptions, type HecWarning, hecHealth, hecSink } from '../src/index.ts'
import { type HecReceiverOptions, type Reply, reply, startHecReceiver } from './support/hec-receiver.ts'
import { token } from './support/sink-for.ts'

/** Answers the request for health with this; the receiver itself judges the token. */
const health =
  (told: Reply): NonNullable<HecReceiverOptions['answer']> =>
  ({ method }) =>
    method === 'GET' ? told : undefined

test('a healthy collector that knows the token passes the check, and receives no event', async () => {
  const receiver = await startHecReceiver({ token })
  await hecHealth({ url: receiver.url, token })
  expect(receiver.posts).toMatchObject([{ path: '/services/collector/event', body: '' }])
  expect(receiver.indexed).toEqual([])
})

test('a token that a healthy collector does not know is reported', async () => {
  const receiver = await startHecReceiver({ token: 'another' })
  const found = await faultOf(hecHealth({ url: receiver.url, token }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'invalid_token' })
  expect(revealedBy(found)).not.toContain(token)
})

test('an index that the collector refuses is named by the check', async () => {
  const receiver = await startHecReceiver({
    answer: ({ method }) => (method === 'GET' ? reply(17) : reply(7)),
  })
  const found = await faultOf(hecHealth({ url: receiver.url, token, index: 'sec_asana_prod' }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'incorrect_index' })
  expect(found.message).toContain('"sec_asana_prod"')
})

test('the check warns that a token would cross the network unencrypted before it sends the token', async () => {
  const codes: string[] = []
  const options = { url: 'http://splunk.invalid:8088', token, allowPlainHttp: true }
  await faultOf(hecHealth({ ...options, onWarning: ({ code }) => codes.push(code) }))
  expect(codes).toEqual(['plain_http'])
})

test.each([
  ['the check', (options: HecSinkOptions) => hecHealth(options)],
  [
    'a sink',
    async (options: HecSinkOptions) => {
      await using sink = hecSink(options)
      for (const event of ['a', 'b']) await sink.write([{ event }], new AbortController().signal)
    },
  ],
] as const)('%s warns once that it uses an earlier token', async (_, use) => {
  const receiver = await startHecReceiver({ token })
  const warnings: HecWarning[] = []
  const old = Object.assign(() => token, { oldBecause: () => 'The file has vanished.' })
  for (const second of [{}, { secondToken: 'second' }])
    await use({
      ...{ url: receiver.url, token: old, ...second },
      onWarning: (warning) => warnings.push(warning),
    })
  const warning = { code: 'old_credentials', message: 'The file has vanished.' }
  expect(warnings).toEqual([warning, warning])
})

describe('a collector that is not healthy', () => {
  test.each([
    ['queues full', reply(18), 'temporary', 'queues_full'],
    ['no acknowledgement service', reply(19), 'temporary', 'ack_unavailable'],
    ['both', reply(20), 'temporary', 'queues_full'],
    ['a disabled token', reply(22), 'fatal', 'token_disabled'],
    ['a login page', { status: 200, body: '<html>Log in</html>' }, 'temporary', 'not_a_receiver'],
    ['an answer to something else', reply(0), 'temporary', 'not_a_receiver'],
    ['a redirect', { status: 302 }, 'fatal', 'redirected'],
  ])('says so: %s', async (_, told, fault, code) => {
    const receiver = await startHecReceiver({ token, answer: health(told) })
    expect(await faultOf(hecHealth({ url: receiver.url, token }))).toMatchObject({ fault, code })
    expect(receiver.posts).toEqual([])
  })
})

test('if a proxy allows only the path for events, the answer for the token decides', async () => {
  const receiver = await startHecReceiver({
    token,
    answer: health({ status: 404, body: '<html>nginx</html>' }),
  })
  await hecHealth({ url: receiver.url, token })
  expect(await faultOf(hecHealth({ url: receiver.url, token: 'wrong' }))).toMatchObject({
    code: 'invalid_token',
  })
})

test('the request for health carries no token', async () => {
  const seen: unknown[] = []
  const receiver = await startHecReceiver({
    answer: ({ method, path, headers }) => {
      if (method === 'GET') seen.push([path, headers.authorization])
      return undefined
    },
  })
  await hecHealth({ url: `${receiver.url}/services/collector`, token })
  expect(seen).toEqual([['/services/collector/health', undefined]])
})

describe('with acknowledgement in the settings', () => {
  const acking =
    (told: Reply): NonNullable<HecReceiverOptions['answer']> =>
    ({ path }) =>
      path.endsWith('/ack') ? told : undefined

  test('a token with acknowledgement passes the check, which uses up no acknowledgement of another channel', async () => {
    const receiver = await startHecReceiver({
      token,
      answer: acking({ status: 200, body: { acks: { 0: false } } }),
    })
    await hecHealth({ url: receiver.url, token, ack: true })
    const [event, ack] = receiver.posts
    expect(ack).toMatchObject({ path: '/services/collector/ack', body: '{"acks":[0]}' })
    const channel = 'x-splunk-request-channel'
    expect(ack?.headers[channel]).not.toBe(event?.headers[channel])
  })

  test('a token without acknowledgement is reported with what to do', async () => {
    const receiver = await startHecReceiver({ token, answer: acking(reply(14)) })
    const found = await faultOf(hecHealth({ url: receiver.url, token, ack: true }))
    expect(found).toMatchObject({ fault: 'fatal', code: 'ack_disabled' })
    expect(found.message).toContain('Turn indexer acknowledgement on for the token')
    await hecHealth({ url: receiver.url, token })
  })

  test.each([
    ['a web page', { status: 200, body: '<html></html>' }, 'not_a_receiver'],
    ['what an event gets', reply(0), 'not_a_receiver'],
    ['no service for it', reply(19), 'ack_unavailable'],
  ])('it is no good answer: %s', async (_, told, code) => {
    const receiver = await startHecReceiver({ token, answer: acking(told) })
    expect(await faultOf(hecHealth({ url: receiver.url, token, ack: {} }))).toMatchObject({ code })
  })
})

test('an address that refuses connections is reported as in a write', async () => {
  const found = await faultOf(hecHealth({ url: 'http://127.0.0.1:1', token }))
  expect(found).toMatchObject({ fault: 'temporary', code: 'connection_refused' })
})
