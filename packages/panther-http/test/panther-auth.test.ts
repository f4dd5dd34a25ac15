import { describe, expect, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { revealedBy } from '../../core/test/support/revealed-by.ts'
import { type PantherSinkOptions, pantherSink } from '../src/index.ts'
import { type SourceAuth, startPantherSource } from './support/panther-source.ts'
import { events, gids, neverAborted, secret, sinkFor } from './support/sink-for.ts'

type Options = Partial<PantherSinkOptions>
const hmac = (algorithm: 'sha256' | 'sha512', encoding: 'hex' | 'base64'): SourceAuth => ({
  ...{ header: 'X-Signature', key: secret, algorithm, encoding },
})

const methods: [string, Options, SourceAuth][] = [
  ['a bearer token, which is the default', {}, { bearer: secret }],
  [
    'a shared secret in a header',
    { auth: 'shared-secret', header: 'X-Panther-Secret' },
    { header: 'x-panther-secret', value: secret },
  ],
  [
    'a shared secret in the header Authorization',
    { auth: 'shared-secret', header: 'Authorization', secret: 'Splunk abc' },
    { header: 'authorization', value: 'Splunk abc' },
  ],
  ['an HMAC', { auth: 'hmac', header: 'X-Signature' }, hmac('sha256', 'hex')],
  [
    'an HMAC in base64',
    { auth: 'hmac', header: 'X-Signature', hmacEncoding: 'base64' },
    hmac('sha256', 'base64'),
  ],
  [
    'an HMAC with SHA-512',
    { auth: 'hmac', header: 'X-Signature', hmacAlgorithm: 'sha512' },
    hmac('sha512', 'hex'),
  ],
  [
    'a user name and a password with colons and umlauts',
    { auth: 'basic', username: 'asana', secret: 'a:b:ü' },
    { username: 'asana', password: 'a:b:ü' },
  ],
]

describe.each(methods)('with %s', (_, options, auth) => {
  test.each(['gzip', 'none'] as const)('a source accepts the events, compression %s', async (compression) => {
    const source = await startPantherSource({ auth })
    await sinkFor(source, { ...options, compression }).write(events(20), neverAborted)
    expect(gids(source)).toEqual(events(20).map(({ gid }) => gid))
  })

  test('another secret is refused with 401, and no message shows it or what was made from it', async () => {
    const source = await startPantherSource({
      auth,
      // Of a longer answer only the beginning is shown.
      answer: ({ headers }) => ({
        status: 401,
        body: String(headers.authorization ?? headers['x-signature'] ?? headers['x-panther-secret']),
      }),
    })
    const given = 'another-S3cret'
    const sink = sinkFor(source, { ...options, secret: given })
    const found = await faultOf(sink.write(events(2), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'unauthorized', accepted: 0 })
    const shown = revealedBy(found)
    const { headers } = source.posts[0]!
    const sent = headers.authorization ?? headers['x-signature'] ?? headers['x-panther-secret']
    for (const hidden of [given, String(sent).split(' ').at(-1)!]) expect(shown).not.toContain(hidden)
    expect(source.classified).toEqual([])
  })
})

test('an HMAC is over the very bytes that are sent', async () => {
  const source = await startPantherSource({ auth: hmac('sha256', 'hex') })
  await sinkFor(source, { auth: 'hmac', header: 'X-Signature' }).write(events(3), neverAborted)
  expect(source.posts[0]?.wire.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  expect(source.classified).toHaveLength(3)
})

test('while Panther refuses the secret, the second one is used, and that is said once', async () => {
  let expected = 'new'
  const source = await startPantherSource({ auth: () => hmacWith(expected) })
  const hmacWith = (key: string): SourceAuth => ({ ...hmac('sha256', 'hex'), key })
  const codes: string[] = []
  const sink = sinkFor(source, {
    ...{ auth: 'hmac', header: 'X-Signature', secret: 'old', secondSecret: () => 'new' },
    onWarning: ({ code }) => codes.push(code),
  })
  await sink.write(events(1), neverAborted)
  await sink.write(events(1), neverAborted)
  await sink.write(events(1), neverAborted)
  expect(codes).toEqual(['second_secret'])
  expected = 'old'
  await sink.write(events(1), neverAborted)
  await sink.write(events(1), neverAborted)
  expect(codes).toEqual(['second_secret', 'first_secret'])
  expect(source.classified).toHaveLength(5)
})

test('a function that fails, and a secret that no header can carry, end in faults without the secret', async () => {
  const source = await startPantherSource()
  const failing = sinkFor(source, { secret: () => Promise.reject(new Error('the vault is closed')) })
  expect(await faultOf(failing.write(events(1), neverAborted))).toMatchObject({
    fault: 'temporary',
    code: 'secret_unavailable',
  })
  for (const bad of ['', 'two words', 'Bearer abcdef', 'line\nbreak']) {
    const found = await faultOf(sinkFor(source, { secret: () => bad }).write(events(1), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'bad_secret' })
    if (bad !== '') expect(revealedBy(found)).not.toContain(bad)
  }
  expect(source.posts).toEqual([])
})

const url = 'https://logs.acme.runpanther.net/http/1'
test.each<[Record<string, unknown>, string]>([
  [{ secret: undefined }, 'The secret for Panther is missing'],
  [{ secret: { path: '/run/secrets/panther' } }, 'The secret for Panther is missing'],
  [{ auth: 'oauth' }, 'auth of Panther: It must be one of bearer, shared-secret, hmac, basic.'],
  [{ auth: 'hmac' }, 'header of Panther: It is missing'],
  [{ auth: 'shared-secret' }, 'header of Panther: It is missing'],
  [{ header: 'x-secret' }, 'header of Panther: The method bearer has no header of its own'],
  [{ auth: 'hmac', header: 'x secret' }, 'header of Panther: It is not the name of a header'],
  [{ auth: 'hmac', header: 'Content-Encoding' }, 'header of Panther: It is not the name of a header'],
  [{ auth: 'hmac', header: 'x-s', hmacAlgorithm: 'md5' }, 'one of sha256, sha512.'],
  [{ auth: 'hmac', header: 'x-s', hmacEncoding: 'base32' }, 'one of hex, base64.'],
  [{ auth: 'basic' }, 'username of Panther: It is missing'],
  [{ auth: 'basic', username: 'a:b' }, 'username of Panther: It must hold no colon'],
  [{ username: 'ada' }, 'username of Panther: The method bearer has no user name'],
  [{ compression: 'br' }, 'compression of pantherSink must be gzip or none'],
  [{ inFlight: 9 }, 'inFlight of pantherSink must be a whole number from 1 on, at most 8'],
  [{ maxBodyBytes: 0 }, 'maxBodyBytes of pantherSink must be a whole number from 1 on'],
  [{ url: 'logs.acme.runpanther.net' }, 'The url of Panther must be a whole URL'],
  [{ url: 'https://logs.acme.runpanther.net' }, 'The url of Panther has no path'],
  [{ url: 'https://ada:secret@logs.acme.runpanther.net/http/1' }, 'must not hold a user name'],
  [{ url: `${url}?token=abc` }, 'must not hold a query'],
  [{ url: 'http://logs.acme.runpanther.net/http/1' }, 'begins with http://'],
])('what cannot be meant is told when the sink is made: %j', (given, says) => {
  const make = (): unknown => pantherSink({ url, secret, ...given } as never)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(says)
})

test('an option that does not exist is refused', () => {
  expect(() => pantherSink({ url, secret, token: 'abc' } as never)).toThrow(
    expect.objectContaining({
      code: 'unknown_option',
      message: expect.stringContaining('pantherSink has no option "token"'),
    }),
  )
})
