import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Certificate } from '../../../core/test/support/certificates.ts'

/** What happens to a request. */
export type Fate =
  /** It is passed on, and so is the answer. */
  | 'pass'
  /** It is passed on, and its answer is lost. */
  | 'lose the answer'
  /** It is not passed on. */
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

export interface FaultyProxy {
  readonly endpoint: string
  readonly asked: readonly Asked[]
}

/** Stands before a store, with its host name in every request, since that is signed. `tls`: it speaks TLS with this certificate of `localhost`. */
export async function faultyProxy(
  store: string,
  fateOf: (asked: Asked) => Fate,
  onPassed: (asked: Asked, status: number) => void = () => {},
  tls?: Certificate,
): Promise<FaultyProxy> {
  const asked: Asked[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers }
    asked.push(one)
    const fate = fateOf(one)
    if (typeof fate === 'object') {
      request.resume().on('end', () => response.writeHead(fate.status, fate.headers).end(fate.body ?? ''))
      return
    }
    pass(request, response, store, (status) => {
      onPassed(one, status)
      if (fate === 'pass') return true
      response.destroy()
      return false
    })
  }
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { endpoint: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, asked }
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  store: string,
  isAnswered: (status: number) => boolean,
): void {
  const { hostname, port } = new URL(store)
  const options = { hostname, port, path: request.url, method: request.method, headers: request.headers }
  const passed = forward(options, (answer) => {
    const status = answer.statusCode ?? 0
    if (!isAnswered(status)) return void answer.resume()
    response.writeHead(status, answer.headers)
    answer.pipe(response)
  })
  passed.on('error', () => response.destroy())
  request.pipe(passed)
}

export function s3Error(status: number, code: string, message = 'No.'): Fate {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, body, headers: { 'content-type': 'application/xml' } }
}
