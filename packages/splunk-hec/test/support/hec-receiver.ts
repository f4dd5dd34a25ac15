import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { Certificate } from '../../../core/test/support/certificates.ts'

export interface Post {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The body as it was sent, compressed or not. */
  readonly wire: Buffer
  readonly body: string
  /** The lines of the body. */
  readonly objects: readonly string[]
}

/** A parsed object of HEC. */
export type Envelope = Readonly<Record<string, unknown>>

export interface Reply {
  readonly status: number
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
  /** How many objects from the start are indexed in spite of this reply. */
  readonly indexed?: number
}

export interface HecReceiver {
  /** The address without a path. */
  readonly url: string
  readonly posts: Post[]
  readonly indexed: Envelope[]
}

type Told = Reply | 'break' | undefined

export interface HecReceiverOptions {
  /** An answer in place of the usual one; undefined: the usual one. */
  readonly answer?: (post: Post, count: number) => Told | Promise<Told>
  readonly token?: string
  /** The indexes that the token allows; events without an index are always allowed. */
  readonly indexes?: readonly string[]
  /** The code with which this receiver refuses an event. */
  readonly objection?: (envelope: Envelope) => number | undefined
  readonly tls?: Certificate
  readonly hostname?: string
}

/** Status and text of each code, https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector. */
export const hecCodeTable: ReadonlyMap<number, readonly [status: number, text: string]> = new Map([
  [0, [200, 'Success']],
  [1, [403, 'Token disabled']],
  [2, [401, 'Token is required']],
  [3, [401, 'Invalid authorization']],
  [4, [403, 'Invalid token']],
  [5, [400, 'No data']],
  [6, [400, 'Invalid data format']],
  [7, [400, 'Incorrect index']],
  [8, [500, 'Internal server error']],
  [9, [503, 'Server is busy']],
  [10, [400, 'Data channel is missing']],
  [11, [400, 'Invalid data channel']],
  [12, [400, 'Event field is required']],
  [13, [400, 'Event field cannot be blank']],
  [14, [400, 'ACK is disabled']],
  [15, [400, 'Error in handling indexed fields']],
  [16, [400, 'Query string authorization is not enabled']],
  [17, [200, 'HEC is healthy']],
  [18, [503, 'HEC is unhealthy, queues are full']],
  [19, [503, 'HEC is unhealthy, ack service unavailable']],
  [20, [503, 'HEC is unhealthy, queues are full, ack service unavailable']],
  [21, [400, 'Invalid token']],
  [22, [400, 'Token disabled']],
  [23, [503, 'Server is shutting down']],
  [24, [200, 'Queue close to capacity']],
  [25, [200, 'Ack channel close to capacity']],
  [26, [429, 'Queue at capacity']],
  [27, [429, 'Ack channel at capacity']],
  [28, [400, 'Data channel is missing, sticky load balancer needed']],
])

export function reply(code: number, more: Readonly<Record<string, unknown>> = {}): Reply {
  const [status, text] = hecCodeTable.get(code) ?? [500, '']
  return { status, body: { text, code, ...more } }
}

const keys = new Set(['time', 'host', 'source', 'sourcetype', 'index', 'event', 'fields'])

/** A collector on a free port for one test. It behaves as measured on Splunk 10: the objects before a bad one are indexed. */
export async function startHecReceiver(options: HecReceiverOptions = {}): Promise<HecReceiver> {
  const { answer = () => undefined, token, indexes, objection = () => undefined, tls } = options
  const posts: Post[] = []
  const indexed: Envelope[] = []

  function fault(object: string): [code: number, offset: number] | 'skip the rest' | Envelope {
    let envelope: Envelope
    try {
      envelope = JSON.parse(object) as Envelope
    } catch {
      return [6, 0]
    }
    if (Object.keys(envelope).some((key) => !keys.has(key))) return 'skip the rest'
    const { event, fields, index } = envelope
    if (event === undefined) return [12, 0]
    if (event === '') return [13, 0]
    if (event === null || Array.isArray(fields)) return [6, 0]
    if (Object.values(fields ?? {}).some((value) => !isFlat(value))) return [15, 0]
    if (typeof index === 'string' && indexes && !indexes.includes(index)) return [7, 1]
    const code = objection(envelope)
    return code === undefined ? envelope : [code, 0]
  }

  function truth({ headers, objects, body }: Post): Reply {
    const { authorization } = headers
    if (token !== undefined && authorization !== `Splunk ${token}`) return reply(authorization ? 4 : 2)
    if (body === '') return reply(5)
    for (const [number, object] of objects.entries()) {
      const found = fault(object)
      if (found === 'skip the rest') break
      if (Array.isArray(found)) return reply(found[0], { 'invalid-event-number': number + found[1] })
      indexed.push(found as Envelope)
    }
    return reply(0)
  }

  async function handle(request: IncomingMessage): Promise<Reply | 'break'> {
    const post = await read(request)
    if (post.method === 'GET' && post.path === '/services/collector/health') {
      return (await answer(post, posts.length)) ?? reply(17)
    }
    posts.push(post)
    const told = await answer(post, posts.length)
    if (told) {
      if (told !== 'break') {
        for (const object of post.objects.slice(0, told.indexed ?? 0))
          indexed.push(JSON.parse(object) as Envelope)
      }
      return told
    }
    if (post.method !== 'POST' || !/^\/services\/collector\/event$/.test(post.path)) {
      return { status: 404, body: { text: 'The requested URL was not found on this server.', code: 404 } }
    }
    return truth(post)
  }

  const listener: RequestListener = (request, response) => {
    void handle(request).then((made) => {
      if (made === 'break') {
        response.destroy()
        return
      }
      const { status, body = '', headers } = made
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  }
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const { hostname = tls ? 'localhost' : '127.0.0.1' } = options
  return { url: `${tls ? 'https' : 'http'}://${hostname}:${port}`, posts, indexed }
}

async function read(request: IncomingMessage): Promise<Post> {
  const { method = '', url: path = '', headers } = request
  const wire = Buffer.concat(await request.toArray())
  const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire).toString()
  return { method, path, headers, wire, body, objects: body === '' ? [] : body.split('\n') }
}

function isFlat(value: unknown): boolean {
  const scalar = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one)
  return Array.isArray(value) ? value.every(scalar) : scalar(value)
}
