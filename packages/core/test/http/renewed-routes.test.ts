import { createServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { asanaSource, type Credentials, fault, type HttpClient, httpClient } from '@asana-audit/core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { faultOf } from '../support/fault-of.ts'
import { localServer } from '../support/local-server.ts'
import { recordingProxy } from '../support/recording-proxy.ts'

let ca: Certificate
let otherCa: Certificate
let served: Certificate
let old: Certificate
let renewed: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  otherCa = await authority('Other test authority')
  served = await certificate({ issuer: ca })
  old = await certificate({ issuer: ca, name: 'old' })
  renewed = await certificate({ issuer: ca, name: 'renewed' })
})

/** Answers with the name in the client's certificate; at `/later` only when it is told to. */
async function startServer(options: ServerOptions = {}) {
  const waiting: (() => void)[] = []
  const open = new Set<string>()
  const server = createServer(
    { ...served, ca: ca.cert, requestCert: true, rejectUnauthorized: true, ...options },
    (request, response) => {
      const name = nameOf(request.socket as TLSSocket)
      if (request.url === '/later') waiting.push(() => response.end(name))
      else response.end(name)
    },
  )
  server.on('secureConnection', (socket) => {
    const name = nameOf(socket)
    open.add(name)
    socket.on('close', () => open.delete(name))
  })
  const local = await localServer(server)
  onTestFinished(() => local[Symbol.asyncDispose]())
  return {
    host: local.host,
    waiting,
    /** The names of the clients that are connected. */
    open,
    get connections() {
      return local.connections
    },
  }
}

const nameOf = (socket: TLSSocket): string => String(socket.getPeerCertificate()?.subject?.CN ?? 'nobody')

async function ask(client: HttpClient, host: string, path = '/'): Promise<string> {
  const url = new URL(`https://${host}${path}`)
  const { body } = await client.exchange({
    method: 'GET',
    ...{ url, headers: {}, deadlineMs: 30_000, maxBytes: 1_000 },
  })
  return body.toString()
}

function clientWith(credentials: () => Credentials | Promise<Credentials>, options = {}): HttpClient {
  const client = httpClient({ ...options, credentials })
  onTestFinished(() => client.close())
  return client
}

test('another client certificate is used for the next request, while one that is under way finishes on its connection', async () => {
  const server = await startServer()
  let present: Credentials = { ca: ca.cert, ...old }
  const client = clientWith(() => present)
  expect(await ask(client, server.host)).toBe('old')
  const underWay = ask(client, server.host, '/later')
  await expect.poll(() => server.waiting.length).toBe(1)

  present = { ca: ca.cert, ...renewed }
  expect(await ask(client, server.host)).toBe('renewed')
  expect([...server.open]).toEqual(['old', 'renewed'])
  for (const answer of server.waiting) answer()
  expect(await underWay).toBe('old')
  await expect.poll(() => [...server.open]).toEqual(['renewed'])
})

test('no request is lost while the certificate changes under load', async () => {
  const server = await startServer()
  let asked = 0
  // Another certificate for every seventh request.
  const client = clientWith(() => ({ ca: ca.cert, ...(Math.floor(asked++ / 7) % 2 === 0 ? old : renewed) }))
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(client, server.host)))
  expect(answers.filter((name) => name === 'old' || name === 'renewed')).toHaveLength(100)
})

test('credentials with the same content keep their connections', async () => {
  const server = await startServer()
  const client = clientWith(() => ({ ca: ca.cert, ...old }))
  for (let asked = 0; asked < 10; asked += 1) await ask(client, server.host)
  expect(server.connections).toBeLessThan(10)
})

test('what credentials leaves out is as in the options', async () => {
  const server = await startServer()
  const client = clientWith(() => old, { ca: ca.cert })
  expect(await ask(client, server.host)).toBe('old')
})

test('another authority is trusted, and the pause of a source with such a client ends', async () => {
  const server = await startServer({ requestCert: false })
  let present: Credentials = { ca: otherCa.cert }
  const http = clientWith(() => present)
  const source = asanaSource({ workspace: '1', token: 't', baseUrl: `https://${server.host}`, http })
  expect(await faultOf(ask(http, server.host))).toMatchObject({ fault: 'fatal', code: 'tls' })
  const changed = source.changed?.(new AbortController().signal)
  present = { ca: ca.cert }
  await changed
  expect(await ask(http, server.host)).toBe('nobody')
})

test('a client with fixed credentials has no change to wait for', () => {
  const client = httpClient({ ca: ca.cert })
  onTestFinished(() => client.close())
  expect(client.changed).toBeUndefined()
  const source = asanaSource({ workspace: '1', token: 't', http: client })
  expect(source.changed).toBeUndefined()
})

test('another password of a proxy is used for the next request', async () => {
  const server = await startServer()
  await using proxy = await recordingProxy()
  let password = 'one'
  const client = clientWith(() => ({
    ...old,
    ca: ca.cert,
    proxy: { https: `http://user:${password}@${proxy.host}` },
  }))
  await ask(client, server.host)
  password = 'two'
  await ask(client, server.host)
  expect(proxy.credentials).toEqual(
    ['one', 'two'].map((one) => `Basic ${Buffer.from(`user:${one}`).toString('base64')}`),
  )
})

test('a password that a proxy refuses is asked for again at once, and the request is made once more', async () => {
  const server = await startServer()
  const header = (password: string): string => `Basic ${Buffer.from(`user:${password}`).toString('base64')}`
  await using proxy = await recordingProxy({ accepts: (sent) => sent === header('new') })
  const found = { now: 'old', later: 'new' }
  const proxied = (): Credentials => ({
    ...{ ...old, ca: ca.cert },
    proxy: { https: `http://user:${found.now}@${proxy.host}` },
  })
  const client = clientWith(
    Object.assign(proxied, {
      async again() {
        found.now = found.later
        return proxied()
      },
    }),
  )
  expect(await ask(client, server.host)).toBe('old')
  expect(proxy.credentials).toEqual([header('old'), header('new')])

  Object.assign(found, { now: 'wrong', later: 'wrong' })
  expect(await faultOf(ask(client, server.host))).toMatchObject({ fault: 'fatal', code: 'proxy_auth' })
  expect(proxy.credentials.slice(2)).toEqual([header('wrong')])
})

test('credentials that cannot be read make a fault with the cause, and a fault of their own is kept', async () => {
  const cause = new Error('the vault is sealed')
  const failing = clientWith(() => Promise.reject(cause))
  expect(await faultOf(ask(failing, 'localhost:1'))).toMatchObject({
    ...{ fault: 'temporary', code: 'credentials_unavailable', cause },
  })
  const own = fault({ fault: 'fatal', code: 'secret_command', message: 'It says no.' })
  expect(
    await faultOf(
      ask(
        clientWith(() => Promise.reject(own)),
        'localhost:1',
      ),
    ),
  ).toBe(own)
})
