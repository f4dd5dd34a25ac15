import { describe, expect, test } from 'vitest'
import { authority, certificate } from '../../core/test/support/certificates.ts'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { pantherReachable } from '../src/index.ts'
import { startPantherSource } from './support/panther-source.ts'
import { secret } from './support/sink-for.ts'

test('the check sends no event, no body and no secret', async () => {
  const source = await startPantherSource({ auth: { bearer: secret } })
  await pantherReachable({ url: source.url, secret })
  expect(source.posts).toEqual([])
  expect(source.others).toHaveLength(1)
  expect(source.others[0]).toMatchObject({ method: 'GET' })
  expect(JSON.stringify(source.others)).not.toContain(secret)
})

test.each([200, 204, 400, 401, 403, 404, 405, 415, 429])(
  'an answer of %d to a GET shows that something is there, and no more',
  async (status) => {
    const source = await startPantherSource({ answer: () => ({ status }) })
    await pantherReachable({ url: source.url, secret })
    expect(source.others).toHaveLength(1)
  },
)

describe('the check reports', () => {
  test.each([
    ['a login page', { status: 200, body: '<html>Log in</html>' }, 'not_a_receiver'],
    ['a redirect', { status: 302, headers: { location: 'https://login.example.com' } }, 'redirected'],
    ['a gateway without its server', { status: 502 }, 'unavailable'],
    ['a server error', { status: 500 }, 'server_error'],
  ])('%s', async (_, told, code) => {
    const source = await startPantherSource({ answer: () => told })
    expect(await faultOf(pantherReachable({ url: source.url, secret }))).toMatchObject({ code })
  })

  test('a certificate that is not trusted', async () => {
    const source = await startPantherSource({ tls: await certificate() })
    expect(await faultOf(pantherReachable({ url: source.url, secret }))).toMatchObject({ code: 'tls' })
  })

  test('a host without an address', async () => {
    const url = 'https://logs.acme.invalid/http/1'
    expect(await faultOf(pantherReachable({ url, secret }))).toMatchObject({ code: 'dns' })
  })

  test('a secret that cannot be sent', async () => {
    const source = await startPantherSource()
    const found = await faultOf(pantherReachable({ url: source.url, secret: () => 'two words' }))
    expect(found).toMatchObject({ code: 'bad_secret' })
    expect(source.others).toEqual([])
  })
})

test('a certificate of an own authority is trusted if it is given', async () => {
  const issuer = await authority('Test authority')
  const source = await startPantherSource({ tls: await certificate({ issuer }) })
  await pantherReachable({ url: source.url, secret, ca: issuer.cert })
  expect(source.others).toHaveLength(1)
})

test('the check warns that events would cross the network unencrypted', async () => {
  const codes: string[] = []
  const options = { url: 'http://logs.invalid/http/1', secret, allowPlainHttp: true }
  await faultOf(pantherReachable({ ...options, onWarning: ({ code }) => codes.push(code) }))
  expect(codes).toEqual(['plain_http'])
})

test('an option that does not exist is refused', async () => {
  const given = { url: 'https://logs.example.com/http/1', secret, tokens: 'abc' }
  await expect(pantherReachable(given as never)).rejects.toThrow('pantherReachable has no option "tokens"')
})
