import { createServer as createPlainServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type HttpClientOptions, httpClient } from '@asana-audit/core'
import { beforeAll, expect, test } from 'vitest'
import { authority, type Certificate, certificate, withPassphrase } from '../support/certificates.ts'
import { faultOf } from '../support/fault-of.ts'
import { type LocalServer, localServer } from '../support/local-server.ts'
import { revealedBy } from '../support/revealed-by.ts'

let ca: Certificate
let otherCa: Certificate
let served: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  otherCa = await authority('Other test authority')
  served = await certificate({ issuer: ca })
})

/** Answers with the name in the client's certificate, if it showed one. */
function tlsServer(options: ServerOptions = served): Promise<LocalServer> {
  return localServer(
    createServer(options, (request, response) => {
      response.end(String((request.socket as TLSSocket).getPeerCertificate()?.subject?.CN ?? 'nobody'))
    }),
  )
}

async function ask({ host }: LocalServer, options: HttpClientOptions, scheme = 'https'): Promise<string> {
  const client = httpClient(options)
  try {
    const { body } = await client.exchange({
      method: 'GET',
      url: new URL(`${scheme}://${host}/`),
      headers: { authorization: 'Bearer S3cretTokenOfTheTest' },
      deadlineMs: 30_000,
      maxBytes: 1_000,
    })
    return body.toString()
  } finally {
    await client.close()
  }
}

test('a private authority is trusted if it is named, alone or in a list', async () => {
  await using server = await tlsServer()
  expect(await ask(server, { ca: ca.cert })).toBe('nobody')
  expect(await ask(server, { ca: [otherCa.cert, ca.cert] })).toBe('nobody')
})

/** What is wrong with the server's certificate, and what the fault says about it. */
const untrusted: [
  string,
  says: RegExp,
  () => Promise<{ server: ServerOptions; client: HttpClientOptions }>,
][] = [
  [
    'of an unknown authority',
    /authority that is not trusted.*Name the CA/,
    async () => ({ server: served, client: {} }),
  ],
  [
    'of another authority than the named one',
    /authority that is not trusted.*Name the CA/,
    async () => ({ server: served, client: { ca: otherCa.cert } }),
  ],
  ['signed by itself', /self-signed/, async () => ({ server: await certificate(), client: { ca: ca.cert } })],
  [
    'for another name',
    /for another name, DNS:other\.example/,
    async () => ({
      server: await certificate({ issuer: ca, name: 'other.example' }),
      client: { ca: ca.cert },
    }),
  ],
  [
    'that has expired',
    /has expired \(CERT_HAS_EXPIRED\)/,
    async () => ({
      server: await certificate({ issuer: ca, notAfter: new Date(Date.now() - 3_600_000) }),
      client: { ca: ca.cert },
    }),
  ],
  [
    'that is not valid yet',
    /not valid yet \(CERT_NOT_YET_VALID\).*clock/,
    async () => ({
      server: await certificate({ issuer: ca, notBefore: new Date(Date.now() + 3_600_000) }),
      client: { ca: ca.cert },
    }),
  ],
]

test.each(untrusted)(
  'a certificate %s is reported as a fatal fault, and nothing is sent',
  async (_, says, make) => {
    const { server: options, client } = await make()
    let requests = 0
    await using server = await localServer(
      createServer(options, (_request, response) => {
        requests += 1
        response.end()
      }),
    )
    const found = await faultOf(ask(server, client))
    expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
    expect(found.message).toContain(server.host)
    expect(found.message).toMatch(says)
    expect(revealedBy(found)).not.toContain('S3cretTokenOfTheTest')
    expect(requests).toBe(0)
  },
)

test('https to a port without TLS is a fatal fault that says so', async () => {
  await using http = await localServer(createPlainServer((_, response) => response.end()))
  await using other = await localServer(createTcpServer((socket) => socket.write('220 mail ready\r\n')))
  for (const server of [http, other]) {
    const found = await faultOf(ask(server, { ca: ca.cert }))
    expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
    expect(found.message).toMatch(/does not speak TLS on that port.*write http:\/\//)
    expect(found.message).toContain(`https://${server.host}`)
  }
})

const refusingClear = 'The plain HTTP request was sent to HTTPS port'
const answersOfTls: [string, (socket: Socket) => void][] = [
  ['as OpenSSL does, by an alert', (socket) => socket.end(Buffer.from('15030100020246', 'hex'))],
  [
    'as nginx does, by a page',
    (socket) =>
      socket.end(`HTTP/1.1 400 Bad Request\r\n\r\n<html><title>400 ${refusingClear}</title></html>`),
  ],
  [
    'as Go does, by a sentence',
    (socket) =>
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
  ],
]

test.each(answersOfTls)(
  'http to a port for TLS is a fatal fault if the answer says so %s',
  async (_, answer) => {
    await using server = await localServer(
      createTcpServer((socket) => socket.once('data', () => answer(socket))),
    )
    const found = await faultOf(ask(server, {}, 'http'))
    expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
    expect(found.message).toContain(`http://${server.host} speaks TLS on that port. Write https://`)
  },
)

test('if a port closes an http connection without an answer, the fault says that it may be a port for TLS', async () => {
  await using server = await tlsServer()
  const found = await faultOf(ask(server, {}, 'http'))
  expect(found).toMatchObject({ fault: 'temporary', code: 'connection_lost' })
  expect(found.message).toContain('If that port is for TLS, write https://.')
})

test('a certificate for another name is trusted only if exactly that name is given', async () => {
  await using server = await tlsServer(await certificate({ issuer: ca, name: 'other.example' }))
  expect(await ask(server, { ca: ca.cert, serverName: 'other.example' })).toBe('nobody')
  expect(await faultOf(ask(server, { ca: ca.cert, serverName: 'third.example' }))).toMatchObject({
    code: 'tls',
  })
})

test('the insecure option accepts any certificate', async () => {
  await using server = await tlsServer(await certificate({ name: 'other.example' }))
  expect(await ask(server, { insecure: true })).toBe('nobody')
})

test('a client certificate is sent to a server that asks for one', async () => {
  await using server = await tlsServer({ ...served, ca: ca.cert, requestCert: true })
  const { cert, key } = await certificate({ issuer: ca, name: 'collector' })
  expect(await ask(server, { ca: ca.cert, cert, key })).toBe('collector')
})

test('a server that requires a client certificate is a fatal fault without one, if the protocol lets it say so', async () => {
  const insisting = { ...served, ca: ca.cert, requestCert: true, rejectUnauthorized: true }
  await using server = await tlsServer({ ...insisting, maxVersion: 'TLSv1.2' })
  expect(await faultOf(ask(server, { ca: ca.cert }))).toMatchObject({ fault: 'fatal', code: 'tls' })
  // In TLS 1.3 the client has finished its part when the server hangs up, and may see no more than that.
  await using newer = await tlsServer({ ...insisting, minVersion: 'TLSv1.3' })
  expect(['tls', 'connection_lost']).toContain((await faultOf(ask(newer, { ca: ca.cert }))).code)
})

const unusable: [string, says: RegExp, () => HttpClientOptions][] = [
  ['an authority that is not PEM', /not trusted/, () => ({ ca: 'not a certificate' })],
  [
    'a client certificate that is not PEM',
    /client certificate, its key or the CA's certificate cannot be read/,
    () => ({ ca: ca.cert, cert: 'not a certificate', key: served.key }),
  ],
  [
    'a key of another certificate',
    /client key does not belong to the client certificate/,
    () => ({ ca: ca.cert, cert: served.cert, key: otherCa.key }),
  ],
  [
    'a key with a passphrase',
    /client key needs a passphrase/,
    () => ({ ca: ca.cert, cert: served.cert, key: withPassphrase(served.key) }),
  ],
]

test.each(unusable)('%s is a fatal fault that says so', async (_, says, options) => {
  await using server = await tlsServer()
  const found = await faultOf(ask(server, options()))
  expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
  expect(found.message).toMatch(says)
  expect(revealedBy(found)).not.toContain('PRIVATE KEY')
})

/** The number of an alert (RFC 8446, section 6), and what the fault says of it. */
const alerts: [alert: number, says: RegExp][] = [
  [40, /refuses the TLS connection.*client certificate/],
  [42, /does not accept the client certificate/],
  [45, /does not accept the client certificate.*not expired/],
  [48, /does not accept the client certificate/],
  [70, /shares no version of TLS/],
  [112, /no certificate for that name/],
  [116, /asks for a client certificate/],
]

test.each(alerts)(
  'a server that ends the handshake with alert %i is a fatal fault that says so',
  async (alert, says) => {
    await using server = await localServer(
      createTcpServer((socket) =>
        socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert]))),
      ),
    )
    const found = await faultOf(ask(server, {}))
    expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
    expect(found.message).toMatch(says)
    expect(found.message).toContain(server.host)
  },
)

test.each([
  ['HTTP/1', false, false],
  ['HTTP/2', true, false],
  ['HTTP/1 through a proxy', false, true],
  ['HTTP/2 through a proxy', true, true],
])(
  'closing a client over %s ends a TLS handshake that the other side never finishes, which would keep the process alive',
  async (_, http2, isProxied) => {
    const ended = Promise.withResolvers<void>()
    await using mute = await localServer(
      // Takes the bytes of the handshake and says nothing.
      createTcpServer((socket) => void socket.resume().once('close', () => ended.resolve())),
    )
    const client = httpClient(isProxied ? { proxy: { https: `https://${mute.host}` } } : {})
    const url = new URL(isProxied ? 'https://target.example/' : `https://${mute.host}/`)
    const request = { method: 'GET', url, headers: {}, deadlineMs: 50, maxBytes: 1_000, http2 } as const
    expect(await faultOf(client.exchange(request))).toMatchObject({ fault: 'temporary', code: 'timeout' })
    await client.close()
    await ended.promise
  },
)
