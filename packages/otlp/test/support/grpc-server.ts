import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

export interface GrpcCall {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Of the request, without frame and compression. */
  readonly message: Buffer
  readonly stream: ServerHttp2Stream
  /** Ends with OK and a message, by default an empty one. */
  ok(answer?: Uint8Array): void
  /** Ends with a status, by headers alone (`Trailers-Only`). */
  fail(code: number, message?: string, more?: Readonly<Record<string, string>>): void
}

export interface GrpcServer {
  readonly url: string
  /** How many connections it has taken. */
  readonly connections: () => number
  /** Those that are open. */
  readonly sessions: ReadonlySet<Http2Session>
}

/** A server of gRPC for one test, made of HTTP/2 alone. `answer` is called when a request is complete. */
export async function startGrpcServer(
  answer: (call: GrpcCall) => void,
  tls?: SecureServerOptions,
): Promise<GrpcServer> {
  const server = tls ? createSecureServer(tls) : createServer()
  const sessions = new Set<Http2Session>()
  let connections = 0
  server.on('session', (session) => {
    connections += 1
    sessions.add(session)
    session.on('error', () => {}) // Clients that go away are part of the tests.
    session.on('close', () => sessions.delete(session))
  })
  answerCalls(server, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  return { url, connections: () => connections, sessions }
}

/** Lets a server answer the calls that it gets. */
export function answerCalls(server: Http2Server | Http2SecureServer, answer: (call: GrpcCall) => void): void {
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const chunks: Buffer[] = []
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => answer(callOf(stream, headers, Buffer.concat(chunks))))
  })
}

const head = { ':status': 200, 'content-type': 'application/grpc' }

function callOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): GrpcCall {
  return {
    path: String(headers[':path']),
    headers,
    message: messageIn(body, headers['grpc-encoding'] as string | undefined),
    stream,
    ok(answer = new Uint8Array()) {
      if (stream.destroyed) return
      stream.respond(head, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(frame(answer))
    },
    fail(code, message = '', more = {}) {
      if (stream.destroyed) return
      const status = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) }
      stream.respond({ ...head, ...status, ...more }, { endStream: true })
    },
  }
}

/** One message, as gRPC frames it. */
export function frame(message: Uint8Array, isCompressed = false): Buffer {
  const start = Buffer.alloc(5)
  start[0] = isCompressed ? 1 : 0
  start.writeUInt32BE(message.length, 1)
  return Buffer.concat([start, message])
}

function messageIn(body: Buffer, encoding: string | undefined): Buffer {
  const message = body.subarray(5)
  if (body.readUInt32BE(1) !== message.length) throw new Error('The frame does not fit its message.')
  if (body[0] === 0) return message
  if (encoding === 'gzip') return gunzipSync(message)
  if (encoding === 'zstd') return zstdDecompressSync(message)
  throw new Error(`Compressed by ${encoding}.`)
}
