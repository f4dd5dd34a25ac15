import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type HttpClientOptions, httpClient } from '@asana-audit/core'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { faultOf } from '../support/fault-of.ts'
import { type LocalServer, localServer } from '../support/local-server.ts'
import { recordingProxy } from '../support/recording-proxy.ts'
import { revealedBy } from '../support/revealed-by.ts'

const secret = 'S3cretTokenOfTheTest'

let ca: Certificate
let served: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  served = await certificate({ issuer: ca })
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** Answers with the token it was shown, which a proxy must pass on. */
const plainTarget = (): Promise<LocalServer> =>
  localServer(createServer((request, response) => response.end(request.headers.authorization)))
const secureTarget = (): Promise<LocalServer> =>
  localServer(createSecureServer(served, (request, response) => response.end(request.headers.authorization)))

async function ask(url: string, options: HttpClientOptions): Promise<string> {
  const client = httpClient(options)
  try {
    const { body } = await client.exchange({
      method: 'GET',
      url: new URL(url),
      headers: { authorization: `Bearer ${secret}` },
      deadlineMs: 30_000,
      maxBytes: 1_000,
    })
    return body.toString()
  } finally {
    await client.close()
  }
}

test('an http target is reached by a request in absolute form', async () => {
  await using target = await plainTarget()
  await using proxy = await recordingProxy()
  const answer = await ask(`http://${target.host}/x`, { proxy: { http: `http://${proxy.host}` } })
  expect(answer).toBe(`Bearer ${secret}`)
  expect(proxy.seen).toEqual([`GET http://${target.host}/x`])
})

test('an https target is reached through a tunnel, checked against the authority named', async () => {
  await using target = await secureTarget()
  await using proxy = await recordingProxy()
  const options = { ca: ca.cert, proxy: { https: `http://${proxy.host}` } }
  expect(await ask(`https://${target.host}/x`, options)).toBe(`Bearer ${secret}`)
  expect(proxy.seen).toEqual([`CONNECT ${target.host}`])
})

test('a certificate that no known authority has signed is fatal through a tunnel too', async () => {
  await using target = await secureTarget()
  await using proxy = await recordingProxy()
  const options = { proxy: { https: `http://${proxy.host}` } }
  const found = await faultOf(ask(`https://${target.host}/x`, options))
  expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
})

test('the proxy of one scheme is not used for the other', async () => {
  await using plain = await plainTarget()
  await using secure = await secureTarget()
  await using proxy = await recordingProxy()
  const address = `http://${proxy.host}`
  await ask(`http://${plain.host}/`, { proxy: { https: address } })
  await ask(`https://${secure.host}/`, { ca: ca.cert, proxy: { http: address } })
  expect(proxy.seen).toEqual([])
})

test('hosts under `none` are reached directly', async () => {
  await using plain = await plainTarget()
  await using secure = await secureTarget()
  await using proxy = await recordingProxy()
  const address = `http://${proxy.host}`
  const around = { http: address, https: address, none: 'example.com, localhost' }
  await ask(`http://${plain.host}/`, { proxy: around })
  await ask(`https://${secure.host}/`, { ca: ca.cert, proxy: around })
  expect(proxy.seen).toEqual([])
  await ask(`http://${plain.host}/`, { proxy: { ...around, none: 'example.com' } })
  expect(proxy.seen).toHaveLength(1)
  const port = plain.host.split(':')[1]
  await ask(`http://127.0.0.1:${port}/`, { proxy: { ...around, none: '10.0.0.0/8,127.0.0.0/8' } })
  expect(proxy.seen).toHaveLength(1)
})

test('user and password in the address go only to the proxy', async () => {
  await using target = await plainTarget()
  await using proxy = await recordingProxy()
  await ask(`http://${target.host}/`, { proxy: { http: `http://me:p%40ss@${proxy.host}` } })
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})

test('an address without a scheme is http, as in curl', async () => {
  await using target = await plainTarget()
  await using proxy = await recordingProxy()
  await ask(`http://${target.host}/`, { proxy: { http: `me:p%40ss@${proxy.host}` } })
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})

test.each([
  'http://me:Pr0xy/Password@proxy:3128',
  'http://me:12/Pr0xyPassword@proxy:3128',
  'http://me:Pr0xyPassword%@proxy:3128',
  'ftp://me:Pr0xyPassword@proxy',
  'http://',
])('%s is refused at once as no address, and not repeated', async (address) => {
  const found = await faultOf(ask('http://localhost/', { proxy: { http: address } }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'bad_proxy' })
  expect(revealedBy(found)).not.toMatch(/Pr0xy|Password@/)
})

test('a proxy that speaks TLS is checked against the same authority', async () => {
  await using plain = await plainTarget()
  await using secure = await secureTarget()
  await using proxy = await recordingProxy({ tls: served })
  const address = `https://${proxy.host}`
  const through = { http: address, https: address }
  expect(await ask(`http://${plain.host}/`, { ca: ca.cert, proxy: through })).toBe(`Bearer ${secret}`)
  expect(await ask(`https://${secure.host}/`, { ca: ca.cert, proxy: through })).toBe(`Bearer ${secret}`)
  const found = await faultOf(ask(`https://${secure.host}/`, { proxy: through }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_tls' })
})

test('the environment of the process is never read', async () => {
  await using plain = await plainTarget()
  await using secure = await secureTarget()
  await using ours = await recordingProxy()
  await using theirs = await recordingProxy()
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
    vi.stubEnv(name, `http://${theirs.host}`)
  }
  const address = `http://${ours.host}`
  for (const proxy of [undefined, {}, { http: address }, { https: address }]) {
    await ask(`http://${plain.host}/`, { proxy })
    await ask(`https://${secure.host}/`, { ca: ca.cert, proxy })
  }
  expect(theirs.seen).toEqual([])
  vi.stubEnv('NO_PROXY', '*')
  vi.stubEnv('no_proxy', '*')
  const before = ours.seen.length
  await ask(`http://${plain.host}/`, { proxy: { http: address } })
  expect(ours.seen).toHaveLength(before + 1)
})
