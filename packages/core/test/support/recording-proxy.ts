import { createServer, type IncomingMessage, type RequestListener, request as send } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'
import type { Certificate } from './certificates.ts'
import { type LocalServer, localServer } from './local-server.ts'

export interface RecordingProxy extends LocalServer {
  /** `GET http://host/path` for a forwarded request, `CONNECT host:port` for a tunnel; in order. */
  readonly seen: string[]
  /** `Proxy-Authorization` of each. */
  readonly credentials: (string | undefined)[]
}

export interface RecordingProxyOptions {
  /** Speaks TLS to its clients. */
  readonly tls?: Certificate
  /** Answers every request with it instead of passing it on. */
  readonly refuseWith?: number
  /** Answers 407 to other credentials. */
  readonly accepts?: (credentials: string | undefined) => boolean
}

/** A proxy as companies have them: forwards plain requests (RFC 9112, 3.2.2) and tunnels with CONNECT (RFC 9110, 9.3.6). */
export async function recordingProxy({
  tls,
  refuseWith: always,
  accepts = () => true,
}: RecordingProxyOptions = {}): Promise<RecordingProxy> {
  const seen: string[] = []
  const credentials: (string | undefined)[] = []

  const refusal = ({ headers }: IncomingMessage): number | undefined =>
    always ?? (accepts(headers['proxy-authorization']) ? undefined : 407)

  const forward: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    credentials.push(request.headers['proxy-authorization'])
    const refuseWith = refusal(request)
    if (refuseWith !== undefined) {
      response.writeHead(refuseWith).end()
      return
    }
    const onward = send(request.url ?? '', { method: request.method ?? 'GET', headers: request.headers })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  }

  const server = tls ? createSecureServer(tls, forward) : createServer(forward)
  server.on('connect', (request, client) => {
    seen.push(`CONNECT ${request.url}`)
    credentials.push(request.headers['proxy-authorization'])
    const refuseWith = refusal(request)
    if (refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`)
      return
    }
    const { hostname, port } = new URL(`tunnel://${request.url}`)
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(target).pipe(client)
    })
    client.on('close', () => target.destroy())
    target.on('error', () => client.destroy())
  })

  const local = await localServer(server)
  return {
    seen,
    credentials,
    host: local.host,
    get connections() {
      return local.connections
    },
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  }
}
