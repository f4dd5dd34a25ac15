import { createServer as createPlainServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { type HttpClientOptions, httpClient } from '@asana-audit/core'
import { beforeAll, expect, test } from 'vitest'
import { authority, type Certificate, certificate } from './certificates.ts'
import { faultOf } from './fault-of.ts'
import { type LocalServer, localServer } from './local-server.ts'
import { revealedBy } from './revealed-by.ts'

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

async function ask({ host }: LocalServer, options: HttpClientOptions): Promise<string> {
  const client = httpClient(options)
  try {
    const { body } = await client.exchange({
      method: 'GET',
      url: new URL(`https://${host}/`),
      headers: { authorization: 'Bearer S3cretTokenOfTheTest' },
      deadlineMs: 30_000,
      maxBytes: 1_000,
    })
    return body.toString()
  } finally {
    await client.close()
  }
}

test('an authority of your own is trusted once named, alone or in a list', async () => {
  await using server = await tlsServer()
  expect(await ask(server, { ca: ca.cert })).toBe('nobody')
  expect(await ask(server, { ca: [otherCa.cert, ca.cert] })).toBe('nobody')
})

const untrusted: [string, () => Promise<{ server: ServerOptions; client: HttpClientOptions }>][] = [
  ['of an unknown authority', async () => ({ server: served, client: {} })],
  ['of another authority than the one named', async () => ({ server: served, client: { ca: otherCa.cert } })],
  ['signed by itself', async () => ({ server: await certificate(), client: { ca: ca.cert } })],
  [
    'made out to another name',
    async () => ({
      server: await certificate({ issuer: ca, name: 'other.example' }),
      client: { ca: ca.cert },
    }),
  ],
  [
    'that has run out',
    async () => ({
      server: await certificate({ issuer: ca, notAfter: new Date(Date.now() - 3_600_000) }),
      client: { ca: ca.cert },
    }),
  ],
]

test.each(untrusted)('a certificate %s is fatal, and nothing is sent', async (_, make) => {
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
  expect(revealedBy(found)).not.toContain('S3cretTokenOfTheTest')
  expect(requests).toBe(0)
})

test('a server without TLS is fatal too', async () => {
  await using server = await localServer(createPlainServer((_, response) => response.end()))
  expect(await faultOf(ask(server, { ca: ca.cert }))).toMatchObject({ fault: 'fatal', code: 'tls' })
})

test('a certificate made out to another name is trusted once that name is given, and no other', async () => {
  await using server = await tlsServer(await certificate({ issuer: ca, name: 'other.example' }))
  expect(await ask(server, { ca: ca.cert, serverName: 'other.example' })).toBe('nobody')
  expect(await faultOf(ask(server, { ca: ca.cert, serverName: 'third.example' }))).toMatchObject({
    code: 'tls',
  })
})

test('the insecure switch takes any certificate', async () => {
  await using server = await tlsServer(await certificate({ name: 'other.example' }))
  expect(await ask(server, { insecure: true })).toBe('nobody')
})

test('a client certificate is shown to a server that asks for one', async () => {
  await using server = await tlsServer({ ...served, ca: ca.cert, requestCert: true })
  const { cert, key } = await certificate({ issuer: ca, name: 'collector' })
  expect(await ask(server, { ca: ca.cert, cert, key })).toBe('collector')
})

test('a server that insists on a client certificate is fatal without one, where the protocol lets it say so', async () => {
  const insisting = { ...served, ca: ca.cert, requestCert: true, rejectUnauthorized: true }
  await using server = await tlsServer({ ...insisting, maxVersion: 'TLSv1.2' })
  expect(await faultOf(ask(server, { ca: ca.cert }))).toMatchObject({ fault: 'fatal', code: 'tls' })
  // In TLS 1.3 the client has finished its part when the server hangs up, and may see no more than that.
  await using newer = await tlsServer({ ...insisting, minVersion: 'TLSv1.3' })
  expect(['tls', 'connection_lost']).toContain((await faultOf(ask(newer, { ca: ca.cert }))).code)
})

const unusable: [string, () => HttpClientOptions][] = [
  ['an authority that is no PEM', () => ({ ca: 'not a certificate' })],
  [
    'a client certificate that is no PEM',
    () => ({ ca: ca.cert, cert: 'not a certificate', key: served.key }),
  ],
  ['a key of another certificate', () => ({ ca: ca.cert, cert: served.cert, key: otherCa.key })],
]

test.each(unusable)('%s is fatal', async (_, options) => {
  await using server = await tlsServer()
  const found = await faultOf(ask(server, options()))
  expect(found).toMatchObject({ fault: 'fatal', code: 'tls' })
  expect(revealedBy(found)).not.toContain('PRIVATE KEY')
})
