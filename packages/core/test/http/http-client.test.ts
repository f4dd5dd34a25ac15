import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type HttpRequest, httpClient } from '@asana-audit/core'
import { afterAll, describe, expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { type LocalServer, localServer } from '../support/local-server.ts'
import { revealedBy } from '../support/revealed-by.ts'

const client = httpClient()
afterAll(() => client.close())

const secret = 'S3cretTokenOfTheTest'
const serving = (listener: RequestListener): Promise<LocalServer> => localServer(createServer(listener))

function get({ host }: Pick<LocalServer, 'host'>, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url: new URL(`http://${host}/some/path?offset=abc`),
    headers: { authorization: `Bearer ${secret}` },
    deadlineMs: 30_000,
    maxBytes: 1_000_000,
    ...more,
  }
}

describe('one exchange', () => {
  test('sends method, headers and body unchanged, and returns status, headers and body', async () => {
    await using server = await serving(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      response.writeHead(418, { 'X-Seen': [request.method ?? '', request.headers['x-a'] as string] })
      response.end(body)
    })
    const request = get(server, { method: 'POST', headers: { 'x-a': 'b' }, body: Buffer.from('zoë') })
    const { status, headers, body } = await client.exchange(request)
    expect(status).toBe(418)
    expect(headers['x-seen']).toBe('POST, b')
    expect(body.toString()).toBe('zoë')
  })

  test('asks for gzip and returns the decompressed body', async () => {
    const text = '🚀 '.repeat(10_000)
    await using server = await serving((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text))
    })
    expect((await client.exchange(get(server))).body.toString()).toBe(text)
  })

  test('returns the whole of a body that was compressed in several parts', async () => {
    const text = '🚀 '.repeat(100_000)
    await using server = await serving((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(Buffer.concat([gzipSync(text), gzipSync('end')]))
    })
    expect((await client.exchange(get(server))).body.toString()).toBe(`${text}end`)
  })

  test.each([
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['X-GZip', gzipSync],
    ['identity', (text: string) => text],
    ['Identity, gzip', gzipSync],
    ['gzip, identity', gzipSync],
    ['gzip,gzip', (text: string) => gzipSync(gzipSync(text))],
    ['', (text: string) => text],
  ])('content coding "%s" is read for what it is', async (coding, encode) => {
    await using server = await serving((_, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(encode('zoë'))
    })
    expect((await client.exchange(get(server))).body.toString()).toBe('zoë')
  })

  test.each(['br', 'ZSTD', 'deflate', 'gzip, br', 'gzip gzip', 'aws-chunked', Array(6).fill('gzip').join()])(
    'content coding "%s" was not requested, so it is a fatal fault',
    async (coding) => {
      await using server = await serving((_, response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(gzipSync('x'))
      })
      const found = await faultOf(client.exchange(get(server)))
      expect(found).toMatchObject({ fault: 'fatal', code: 'unsupported_coding' })
      expect(found.message).toContain(server.host)
    },
  )

  test('a refusal is judged by its status, even if its body cannot be decompressed', async () => {
    await using server = await serving((_, response) => {
      response.writeHead(503, { 'content-encoding': 'br', 'retry-after': '7' }).end('unreadable')
    })
    const { status, headers, body } = await client.exchange(get(server))
    expect([status, headers['retry-after'], body.length]).toEqual([503, '7', 0])
  })

  test('an answer without a body is an empty one, also when it says gzip', async () => {
    await using server = await serving((_, response) => {
      response.writeHead(204, { 'content-encoding': 'gzip' }).end()
    })
    expect((await client.exchange(get(server))).body).toHaveLength(0)
  })

  test('a redirect is an answer like any other and never followed', async () => {
    await using elsewhere = await serving((_, response) => response.end())
    await using server = await serving((_, response) => {
      response.writeHead(302, { location: `http://${elsewhere.host}/` }).end()
    })
    const { status, headers } = await client.exchange(get(server))
    expect(status).toBe(302)
    expect(headers['location']).toBe(`http://${elsewhere.host}/`)
    expect(elsewhere.connections).toBe(0)
  })

  test('consecutive exchanges share their connections', async () => {
    await using server = await serving((_, response) => response.end('x'))
    for (let count = 0; count < 20; count += 1) await client.exchange(get(server))
    // The second may start before the first connection counts as free again, so there can be two.
    expect(server.connections).toBeLessThanOrEqual(2)
  })

  test('a closed client keeps no connection', async () => {
    const own = httpClient()
    const closed = Promise.withResolvers<void>()
    const server = createServer((_, response) => response.end('x'))
    server.on('connection', (socket) => socket.on('close', () => closed.resolve()))
    await using local = await localServer(server)
    await own.exchange(get(local))
    await own.close()
    await closed.promise
  })
})

/** Name, what the server does, the code expected, and how the request differs. */
const failures: [string, RequestListener, string, Partial<HttpRequest>?][] = [
  ['an answer that never begins', () => {}, 'timeout', { deadlineMs: 100 }],
  [
    'an answer that trickles for ever, a byte at a time',
    (_, response) => {
      response.writeHead(200)
      const trickle = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(trickle))
    },
    'timeout',
    { deadlineMs: 200 },
  ],
  [
    'an answer over the cap, without a length and without an end',
    (_, response) => {
      const more = (): boolean => !response.destroyed && response.write(Buffer.alloc(65_536)) && more()
      response.on('drain', more)
      more()
    },
    'response_too_large',
  ],
  [
    'a small answer that unpacks to more than the cap',
    (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
    },
    'response_too_large',
  ],
  [
    'an answer cut before its announced end',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('0123456789', () => response.destroy())
    },
    'connection_lost',
  ],
  [
    'a chunked answer cut before its last chunk',
    (_, response) => {
      response.write('0123456789', () => response.destroy())
    },
    'connection_lost',
  ],
  ['a reset before any answer', (request) => request.socket.resetAndDestroy(), 'connection_lost'],
  [
    'a compressed answer that ends too early although the exchange is complete',
    (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync('x'.repeat(1000)).subarray(0, -10))
    },
    'damaged_answer',
  ],
  [
    'an answer that says gzip and is not gzip',
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    'damaged_answer',
  ],
]

describe('a failed exchange', () => {
  test.each(failures)('%s is a temporary fault', async (_, behave, code, more) => {
    await using server = await serving(behave)
    const found = await faultOf(client.exchange(get(server, more)))
    expect(found).toMatchObject({ fault: 'temporary', code })
    expect(revealedBy(found)).not.toContain(secret)
    // The query may hold an offset, which is as good as a position in somebody's audit log.
    expect(revealedBy(found)).not.toContain('offset=abc')
  })

  test('a server that does not speak HTTP is a temporary fault that does not quote its answer', async () => {
    await using server = await localServer(
      createTcpServer((socket) => {
        socket.on('data', (sent) => socket.end(`echo ${sent.toString()}`))
      }),
    )
    const found = await faultOf(client.exchange(get(server)))
    expect(found).toMatchObject({ fault: 'temporary', code: 'network' })
    expect(revealedBy(found)).not.toContain(secret)
  })

  test('an answer 100 that nobody asked for is named, because what was sent may have been taken', async () => {
    await using server = await serving((_, response) => {
      response.writeContinue()
      response.end('ok')
    })
    const found = await faultOf(client.exchange(get(server)))
    expect(found).toMatchObject({ fault: 'temporary', code: 'connection_lost' })
    expect(found.message).toMatch(/100 Continue.*may have taken.*Turn this answer off/)
  })

  test('a port for gRPC is reported as one that speaks only HTTP/2', async () => {
    const settings = Buffer.from('000006040000000000000500004000', 'hex')
    await using server = await localServer(
      createTcpServer((socket) => socket.once('data', () => socket.end(settings))),
    )
    const found = await faultOf(client.exchange(get(server)))
    expect(found).toMatchObject({ fault: 'temporary', code: 'network' })
    expect(found.message).toMatch(/only HTTP\/2.*4318/)
  })

  test('a connection that is never made counts against the deadline', async () => {
    await using silent = await localServer(createTcpServer())
    const url = new URL(`https://${silent.host}/`)
    const found = await faultOf(client.exchange(get(silent, { url, deadlineMs: 100 })))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout' })
    expect(found.message).toMatch(/^No connection to .*Check the address and the port.*firewall.*TLS/)
  })

  test('a load balancer that accepts the connection and hangs is told apart from a firewall, with what to check', async () => {
    await using silent = await localServer(createTcpServer())
    const found = await faultOf(client.exchange(get(silent, { deadlineMs: 100 })))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout' })
    expect(found.message).toMatch(/accepted the connection but gave no whole answer.*check.*load balancer/)
  })

  test('a port without a listener is named in the fault', async () => {
    const server = await localServer(createTcpServer())
    await server[Symbol.asyncDispose]()
    const found = await faultOf(client.exchange(get(server)))
    expect(found).toMatchObject({ fault: 'temporary', code: 'connection_refused' })
    expect(found.message).toContain(server.host)
    expect(revealedBy(found)).not.toContain(secret)
  })

  test('a name that does not exist is named in the fault', async () => {
    const found = await faultOf(client.exchange(get({ host: 'name.invalid' })))
    expect(found).toMatchObject({ fault: 'temporary', code: 'dns' })
    expect(found.message).toContain('name.invalid')
    expect(revealedBy(found)).not.toContain(secret)
  })

  test('a header that cannot be sent is not quoted', async () => {
    await using server = await serving((_, response) => response.end())
    const found = await faultOf(client.exchange(get(server, { headers: { authorization: `${secret}\n` } })))
    expect(found.code).toBe('network')
    expect(revealedBy(found)).not.toContain(secret)
    expect(server.connections).toBe(0)
  })

  test('an answer over the size limit is not read to its end', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await serving((_, response) => {
      response.on('close', () => closed.resolve())
      response.writeHead(200, { 'content-length': '1000000000' })
      response.write(Buffer.alloc(2_000_000))
    })
    await faultOf(client.exchange(get(server)))
    await closed.promise
  })

  test('a failed exchange has no effect on the next one', async () => {
    let requests = 0
    await using server = await serving((request, response) => {
      requests += 1
      if (requests === 1) request.socket.resetAndDestroy()
      else response.end('x')
    })
    await faultOf(client.exchange(get(server)))
    expect((await client.exchange(get(server))).body.toString()).toBe('x')
  })
})

describe('an abort', () => {
  test('before the exchange rejects with its reason and sends nothing', async () => {
    let requests = 0
    await using server = await serving((_, response) => {
      requests += 1
      response.end()
    })
    const reason = new Error('stop')
    await expect(client.exchange(get(server, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    await client.exchange(get(server))
    expect(requests).toBe(1)
  })

  test('in the middle of the body rejects with its reason and ends the connection', async () => {
    const stop = new AbortController()
    const reason = new Error('stop')
    const closed = Promise.withResolvers<void>()
    await using server = await serving(async (_, response) => {
      response.on('close', () => closed.resolve())
      response.writeHead(200, { 'content-length': '100' })
      await new Promise((sent) => response.write('0123456789', sent))
      stop.abort(reason)
    })
    await expect(client.exchange(get(server, { signal: stop.signal }))).rejects.toBe(reason)
    await closed.promise
  })
})
