import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { type HttpClientOptions, type HttpRequest, type HttpResponse, httpClient } from '@asana-audit/core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { faultOf } from '../support/fault-of.ts'
import { type LocalServer, localServer } from '../support/local-server.ts'
import { recordingProxy } from '../support/recording-proxy.ts'
import { socksProxy } from '../support/socks-proxy.ts'

let ca: Certificate
let served: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  served = await certificate({ issuer: ca })
})

/** Answers with what it was sent, and a trailer. */
function echo(stream: ServerHttp2Stream): void {
  const chunks: Buffer[] = []
  stream.on('error', () => {})
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    if (stream.destroyed) return
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-after': 'all of it' }))
    stream.end(Buffer.concat(chunks))
  })
}

async function start(server: Http2Server, onStream: (stream: ServerHttp2Stream) => void = echo) {
  server.on('stream', onStream)
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => {}))
  const local = await localServer(server)
  onTestFinished(() => local[Symbol.asyncDispose]())
  return local
}

function clientWith(options: HttpClientOptions = {}) {
  const client = httpClient(options)
  onTestFinished(() => client.close())
  return (server: Pick<LocalServer, 'host'>, more: Partial<HttpRequest> & { scheme?: string } = {}) => {
    const { scheme = 'http', ...request } = more
    return client.exchange({
      ...{ method: 'POST', url: new URL(`${scheme}://${server.host}/x`), headers: { te: 'trailers' } },
      ...{ body: Buffer.from('hello'), deadlineMs: 30_000, maxBytes: 1_000, http2: true },
      ...request,
    })
  }
}

const echoed = { status: 200, body: Buffer.from('hello'), trailers: { 'x-after': 'all of it' } }
const shape = ({ status, body, trailers }: HttpResponse): object => ({ status, body, trailers })

describe('an exchange over HTTP/2', () => {
  test('brings the trailers, and shares its connection with others', async () => {
    const server = await start(createServer())
    const send = clientWith()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(server)))
    expect(answers.map(shape)).toEqual(answers.map(() => echoed))
    expect(server.connections).toBe(1)
  })

  test('is agreed on within TLS, with a client certificate', async () => {
    const tls = { ...served, ca: ca.cert, requestCert: true, rejectUnauthorized: true }
    const names: unknown[] = []
    const server = await start(createSecureServer(tls), (stream) => {
      names.push((stream.session!.socket as TLSSocket).getPeerCertificate().subject.CN)
      echo(stream)
    })
    const own = await certificate({ issuer: ca, name: 'client' })
    const send = clientWith({ ca: ca.cert, cert: own.cert, key: own.key })
    expect(shape(await send(server, { scheme: 'https' }))).toEqual(echoed)
    expect(names).toEqual(['client'])
  })

  test('leaves HTTP/1 to the other exchanges of the same client', async () => {
    const http1 = await localServer(createHttpServer((_, response) => response.end('one')))
    onTestFinished(() => http1[Symbol.asyncDispose]())
    const server = await start(createServer())
    const send = clientWith()
    expect(shape(await send(server))).toEqual(echoed)
    expect((await send(http1, { http2: false })).body.toString()).toBe('one')
  })
})

describe('through a proxy', () => {
  test.each(['http', 'https'])('a tunnel reaches a target of %s', async (scheme) => {
    const proxy = await recordingProxy({ accepts: (given) => given === 'Basic bmFtZTpwYXNz' })
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    const server = await start(scheme === 'http' ? createServer() : createSecureServer(served))
    const address = `http://name:pass@${proxy.host}`
    const send = clientWith({ ca: ca.cert, proxy: { http: address, https: address } })
    expect(shape(await send(server, { scheme }))).toEqual(echoed)
    expect(shape(await send(server, { scheme }))).toEqual(echoed)
    expect(proxy.seen).toEqual([`CONNECT ${server.host}`])
  })

  test.each(['http', 'https'])('SOCKS 5 reaches a target of %s', async (scheme) => {
    const proxy = await socksProxy()
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    const server = await start(scheme === 'http' ? createServer() : createSecureServer(served))
    const address = `socks5://${proxy.host}`
    const send = clientWith({ ca: ca.cert, proxy: { http: address, https: address } })
    expect(shape(await send(server, { scheme }))).toEqual(echoed)
  })

  test('that allows no tunnel, the fault names it', async () => {
    const proxy = await recordingProxy({ refuseWith: 403 })
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    const server = await start(createServer())
    const send = clientWith({ proxy: { http: `http://${proxy.host}` } })
    expect(await faultOf(send(server))).toMatchObject({ fault: 'fatal', code: 'proxy_refused' })
    expect(server.connections).toBe(0)
  })
})

describe('a server without HTTP/2 is named, with the port to look for', () => {
  const expected = {
    fault: 'temporary',
    code: 'no_http2',
    message: expect.stringMatching(/speaks no HTTP\/2.*4317.*http\/protobuf/),
  }

  test('without TLS', async () => {
    const http1 = await localServer(createHttpServer((_, response) => response.end()))
    onTestFinished(() => http1[Symbol.asyncDispose]())
    expect(await faultOf(clientWith()(http1))).toMatchObject(expected)
  })

  test('with TLS', async () => {
    const http1 = await localServer(createHttpsServer(served, (_, response) => response.end()))
    onTestFinished(() => http1[Symbol.asyncDispose]())
    expect(await faultOf(clientWith({ ca: ca.cert })(http1, { scheme: 'https' }))).toMatchObject(expected)
  })
})

test('TLS on one end only is named: no TLS at the server', async () => {
  const server = await start(createServer())
  const found = await faultOf(clientWith()(server, { scheme: 'https' }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'tls', message: expect.stringContaining('http://') })
})

test('TLS on one end only is named: no TLS at the client', async () => {
  const server = await start(createSecureServer(served))
  const found = await faultOf(clientWith()(server))
  expect(found).toMatchObject({ code: 'connection_lost', message: expect.stringContaining('write https://') })
})

test('after a missed deadline the next exchange has another connection', async () => {
  let isSilent = true
  const server = await start(createServer(), (stream) => {
    if (isSilent) stream.on('error', () => {})
    else echo(stream)
  })
  const send = clientWith()
  const late = [send(server, { deadlineMs: 300 }), send(server, { deadlineMs: 300 })].map(faultOf)
  expect((await Promise.all(late)).map(({ code }) => code)).toEqual(['timeout', 'timeout'])
  isSilent = false
  expect(shape(await send(server))).toEqual(echoed)
  expect(server.connections).toBe(2)
})

test('a connection without exchanges is closed within seconds, and the next exchange makes another', async () => {
  const http2 = createServer()
  const ended = once(http2, 'session').then(([session]) => once(session as ServerHttp2Session, 'close'))
  const server = await start(http2)
  const send = clientWith()
  expect(shape(await send(server))).toEqual(echoed)
  await ended
  expect(shape(await send(server))).toEqual(echoed)
  expect(server.connections).toBe(2)
})

test('a server that says goodbye answers what it has, and the next exchange has another connection', async () => {
  const streams: ServerHttp2Stream[] = []
  let isLeaving = true
  const server = await start(createServer(), (stream) => {
    if (!isLeaving) echo(stream)
    else if (streams.push(stream) === 2) stream.session?.close()
  })
  const send = clientWith()
  const underWay = [send(server), send(server)]
  await expect.poll(() => streams.length).toBe(2)
  isLeaving = false
  const next = send(server)
  for (const stream of streams) echo(stream)
  expect((await Promise.all(underWay)).map(shape)).toEqual([echoed, echoed])
  expect(shape(await next)).toEqual(echoed)
  expect(server.connections).toBe(2)
})

test.each<[string, (stream: ServerHttp2Stream) => void]>([
  ['before an answer', (stream) => stream.session?.destroy()],
  ['within an answer', (stream) => stream.write('half', () => stream.session?.destroy())],
])('a connection that breaks %s is lost, and the next exchange makes another', async (_, cut) => {
  let isBroken = true
  const server = await start(createServer(), (stream) => {
    stream.on('error', () => {})
    if (isBroken) cut(stream)
    else echo(stream)
  })
  const send = clientWith()
  expect(await faultOf(send(server))).toMatchObject({ fault: 'temporary', code: 'connection_lost' })
  isBroken = false
  expect(shape(await send(server))).toEqual(echoed)
})

test('a stream that the server resets is lost, and the message says how', async () => {
  const calm = 0x0b
  const server = await start(createServer(), (stream) => stream.on('error', () => {}).close(calm))
  const found = await faultOf(clientWith()(server))
  expect(found).toMatchObject({ fault: 'temporary', code: 'connection_lost' })
  expect(found.message).toContain('ENHANCE_YOUR_CALM')
})

test('after close nothing is sent', async () => {
  const server = await start(createServer())
  const client = httpClient()
  await client.close()
  const url = new URL(`http://${server.host}/`)
  const late = client.exchange({
    ...{ method: 'POST', url, headers: {}, body: Buffer.from('x') },
    ...{ deadlineMs: 30_000, maxBytes: 1_000, http2: true },
  })
  expect(await faultOf(late)).toMatchObject({ fault: 'temporary' })
  expect(server.connections).toBe(0)
})

test('close ends the connection', async () => {
  const http2 = createServer()
  const ended = once(http2, 'session').then(([session]) => once(session as ServerHttp2Session, 'close'))
  const server = await start(http2)
  const client = httpClient()
  const url = new URL(`http://${server.host}/`)
  await client.exchange({
    ...{ method: 'POST', url, headers: {}, body: Buffer.from('x') },
    ...{ deadlineMs: 30_000, maxBytes: 1_000, http2: true },
  })
  await client.close()
  await ended
})
