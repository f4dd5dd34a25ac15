import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { type Fault, type HttpClientOptions, type HttpResponse, httpClient } from '@asana-audit/core'
import { answeredBy } from '@asana-audit/core/sink-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { faultOf } from '../support/fault-of.ts'
import { type LocalServer, localServer } from '../support/local-server.ts'
import { recordingProxy } from '../support/recording-proxy.ts'
import { revealedBy } from '../support/revealed-by.ts'
import { socksProxy } from '../support/socks-proxy.ts'

let ca: Certificate
let served: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  served = await certificate({ issuer: ca })
})

type Scheme = 'http' | 'https'

const targetOf = (scheme: Scheme): Promise<LocalServer> =>
  localServer(
    scheme === 'http'
      ? createServer((_, response) => response.end('target'))
      : createSecureServer(served, (_, response) => response.end('target')),
  )

async function get(url: string, address: string, deadlineMs = 30_000): Promise<HttpResponse> {
  const options: HttpClientOptions = { ca: ca.cert, proxy: { http: address, https: address } }
  const client = httpClient(options)
  try {
    return await client.exchange({
      method: 'GET',
      url: new URL(url),
      headers: {},
      deadlineMs,
      maxBytes: 1_000,
    })
  } finally {
    await client.close()
  }
}

/** A fault that blames the proxy: it names both hops, and no credentials. */
function expectToBlame(found: Fault, proxy: string, target: string): void {
  expect(found.message).toContain(`proxy ${proxy}`)
  expect(found.message).toContain(target)
  const hidden = ['Pr0xyPassword', Buffer.from('me:Pr0xyPassword').toString('base64')]
  for (const text of hidden) expect(revealedBy(found)).not.toContain(text)
}

test('a proxy is named with the setting of its address, if that is known', async () => {
  const proxy = await recordingProxy()
  await proxy[Symbol.asyncDispose]()
  const client = httpClient({ proxy: { http: `http://${proxy.host}`, from: { http: 'all_proxy' } } })
  const target = { method: 'GET', url: new URL('http://localhost:1'), headers: {} } as const
  const found = await faultOf(client.exchange({ ...target, deadlineMs: 30_000, maxBytes: 1_000 }))
  await client.close()
  expect(found.message).toContain(`The proxy http://${proxy.host} of all_proxy cannot be reached`)
})

const schemes: Scheme[] = ['http', 'https']

describe.each(schemes)('on the way to an %s target', (scheme) => {
  test('a proxy that asks for credentials has its own fatal fault', async () => {
    await using target = await targetOf(scheme)
    await using proxy = await recordingProxy({ refuseWith: 407 })
    const url = `${scheme}://${target.host}`
    const found = await faultOf(get(url, `http://me:Pr0xyPassword@${proxy.host}`))
    expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_auth' })
    expect(found.message).toContain('%40')
    expectToBlame(found, `http://${proxy.host}`, url)
    expect(target.connections).toBe(0)
  })

  test.each(['http', 'https', 'socks5'])(
    'a proxy of %s that is down is a temporary fault',
    async (spoken) => {
      await using target = await targetOf(scheme)
      const proxy = await recordingProxy()
      await proxy[Symbol.asyncDispose]()
      const url = `${scheme}://${target.host}`
      const found = await faultOf(get(url, `${spoken}://me:Pr0xyPassword@${proxy.host}`))
      expect(found).toMatchObject({ fault: 'temporary', code: 'proxy_unreachable', cause: 'ECONNREFUSED' })
      expectToBlame(found, `${spoken}://${proxy.host}`, url)
      expect(target.connections).toBe(0)
    },
  )

  test('a proxy with an unknown name is a temporary fault that names it', async () => {
    const found = await faultOf(get(`${scheme}://localhost:1`, 'http://me:Pr0xyPassword@proxy.invalid:3128'))
    expect(found).toMatchObject({ fault: 'temporary', code: 'proxy_unreachable' })
    expectToBlame(found, 'http://proxy.invalid:3128', `${scheme}://localhost:1`)
  })

  test('a proxy without a certificate to trust has its own fault', async () => {
    await using proxy = await recordingProxy({ tls: await certificate() })
    const found = await faultOf(get(`${scheme}://localhost:1`, `https://${proxy.host}`))
    expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_tls' })
    expect(found.message).toContain(`proxy https://${proxy.host}`)
  })

  test('a proxy that does not speak TLS although its address says so is named', async () => {
    await using proxy = await recordingProxy()
    const found = await faultOf(get(`${scheme}://localhost:1`, `https://${proxy.host}`))
    expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_tls' })
    expect(found.message).toMatch(/proxy https:\S+ does not speak TLS/)
  })

  test('a proxy that accepts the connection and does not answer is named after the timeout', async () => {
    await using proxy = await localServer(createTcpServer())
    const found = await faultOf(get(`${scheme}://localhost:1`, `http://${proxy.host}`, 200))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout' })
    expectToBlame(found, `http://${proxy.host}`, `${scheme}://localhost:1`)
  })

  test('a proxy that closes the connection is named', async () => {
    await using proxy = await localServer(createTcpServer((socket) => socket.on('data', () => socket.end())))
    const found = await faultOf(get(`${scheme}://localhost:1`, `http://${proxy.host}`))
    expect(found.fault).toBe('temporary')
    expectToBlame(found, `http://${proxy.host}`, `${scheme}://localhost:1`)
  })

  test('a proxy of SOCKS 5 is used with the credentials in its address', async () => {
    await using target = await targetOf(scheme)
    await using open = await socksProxy()
    expect(String((await get(`${scheme}://${target.host}`, `socks5://${open.host}`)).body)).toBe('target')
    await using closed = await socksProxy({ credentials: 'me@x:p/w' })
    const answer = await get(`${scheme}://${target.host}`, `socks5://me%40x:p%2Fw@${closed.host}`)
    expect(String(answer.body)).toBe('target')
  })

  test('a proxy of SOCKS 5 that refuses the credentials has its own fatal fault', async () => {
    await using proxy = await socksProxy({ credentials: 'me:other' })
    for (const credentials of ['me:Pr0xyPassword@', '']) {
      const found = await faultOf(get(`${scheme}://localhost:1`, `socks5://${credentials}${proxy.host}`))
      expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_auth' })
      expectToBlame(found, `socks5://${proxy.host}`, '')
    }
  })

  test('a proxy of SOCKS 5 that does not reach the target says so', async () => {
    await using proxy = await socksProxy({ refuseWith: 5 })
    const found = await faultOf(get(`${scheme}://localhost:1`, `socks5://${proxy.host}`))
    expect(found).toMatchObject({ fault: 'temporary', code: 'proxy_failed' })
    expectToBlame(found, `socks5://${proxy.host}`, `${scheme}://localhost:1`)
  })
})

describe('the answer of a proxy to the request for a tunnel', () => {
  const answers: [status: number, fault: Fault['fault'], code: string][] = [
    [403, 'fatal', 'proxy_refused'],
    [405, 'fatal', 'proxy_refused'],
    [302, 'fatal', 'proxy_refused'],
    [429, 'temporary', 'proxy_failed'],
    [502, 'temporary', 'proxy_failed'],
    [503, 'temporary', 'proxy_failed'],
    [504, 'temporary', 'proxy_failed'],
  ]
  test.each(answers)('%i is %s: %s', async (status, kind, code) => {
    await using target = await targetOf('https')
    await using proxy = await recordingProxy({ refuseWith: status })
    const found = await faultOf(get(`https://${target.host}`, `http://${proxy.host}`))
    expect(found).toMatchObject({ fault: kind, code })
    expect(found.message).toContain(String(status))
    expectToBlame(found, `http://${proxy.host}`, `https://${target.host}`)
    expect(target.connections).toBe(0)
  })
})

describe('the answer to a forwarded request', () => {
  const answering = (headers: Record<string, string>): Promise<LocalServer> =>
    localServer(createServer((_, response) => response.writeHead(503, headers).end()))

  test.each([
    { 'x-squid-error': 'ERR_CONNECT_FAIL 111' },
    { 'proxy-status': 'proxy.example; error=connection_refused' },
  ])('is the proxy’s own where it says so: %o', async (headers) => {
    await using proxy = await answering(headers)
    const found = await faultOf(get('http://target.example/', `http://${proxy.host}`))
    expect(found).toMatchObject({ fault: 'temporary', code: 'proxy_failed' })
    expectToBlame(found, `http://${proxy.host}`, 'http://target.example')
  })

  test('is otherwise perhaps that of the target, so it has its status and names the proxy, without credentials', async () => {
    await using proxy = await answering({ 'proxy-status': 'proxy.example; received-status=503' })
    const answer = await get('http://target.example/', `http://me:Pr0xyPassword@${proxy.host}`)
    expect(answer).toMatchObject({ status: 503, proxy: `http://${proxy.host}` })
    expect(answeredBy('http://target.example', answer)).toBe(
      `http://target.example or the proxy http://${proxy.host} on the way to it`,
    )
  })

  test('is surely that of the target through a tunnel, and names no proxy', async () => {
    await using plain = await targetOf('http')
    await using secure = await targetOf('https')
    await using proxy = await recordingProxy()
    await using socks = await socksProxy()
    const answers = [
      await get(`https://${secure.host}`, `http://${proxy.host}`),
      await get(`http://${plain.host}`, `socks5://${socks.host}`),
    ]
    for (const answer of answers) {
      expect(answer).not.toHaveProperty('proxy')
      expect(answeredBy('http://target.example', answer)).toBe('http://target.example')
    }
  })
})

test('407 without a proxy comes from a proxy that the settings do not name', async () => {
  await using server = await localServer(createServer((_, response) => response.writeHead(407).end()))
  const client = httpClient()
  const url = new URL(`http://${server.host}/`)
  const found = await faultOf(
    client.exchange({ method: 'GET', url, headers: {}, deadlineMs: 30_000, maxBytes: 1_000 }),
  )
  expect(found).toMatchObject({ fault: 'fatal', code: 'proxy_auth' })
  expect(found.message).toContain('proxy on the way')
  await client.close()
})
