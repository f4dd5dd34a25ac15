import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Fault, fault } from '@asana-audit/core'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { ListenSettings } from '../config/monitoring/listen.ts'
import { refusal } from './admission.ts'
import { type Answer, plain } from './answer.ts'
import { type ConnectionLimits, limitConnections } from './connections.ts'

export interface Route {
  /** For probes: needs no token and takes any `Host`, because kubelets and balancers ask by address. */
  readonly isForProbes?: boolean
  answer(request: IncomingMessage, url: URLSearchParams): Answer | Promise<Answer>
}

export interface Server {
  /** `http://HOST:PORT/`, with the port that was really taken. */
  readonly url: string
  close(): Promise<void>
}

/** A large page over a slow line takes seconds. */
const usualLimits: ConnectionLimits = { most: 256, longestMs: 30_000 }

/** Serves routes by their path. A connection is for one request. Rejects with `cannot_listen`. */
export async function startServer(
  settings: ListenSettings,
  routes: ReadonlyMap<string, Route>,
  limits: ConnectionLimits = usualLimits,
): Promise<Server> {
  // Slow requests hear of it before their connection ends.
  const patience = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 5_000 }
  const server = createServer(patience, (request, response) => {
    respond(settings, routes, request)
      .catch(() => plain(500, 'This page could not be made. The others are not affected.'))
      .then((answer) => send(response, answer, request.method === 'HEAD'))
      .catch(() => response.destroy())
  })
  server.maxRequestsPerSocket = 1
  limitConnections(server, limits)
  await new Promise<void>((resolve, reject) => {
    // It stays: later, a connection that cannot be accepted, as without free file handles, must not end the run.
    server.on('error', (error) => reject(cannotListen(settings, error)))
    server.listen({ host: settings.host, port: settings.port }, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return {
    url: `http://${host}:${port}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function respond(
  settings: ListenSettings,
  routes: ReadonlyMap<string, Route>,
  request: IncomingMessage,
): Promise<Answer> {
  const [path = '', query] = (request.url ?? '').split('?', 2)
  const route = routes.get(path)
  if (!route?.isForProbes) {
    const refused = await refusal(request, settings)
    if (refused) return refused
  }
  if (!route) return plain(404, `There is no such page. There are: ${[...routes.keys()].join(', ')}`)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return plain(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' })
  return await route.answer(request, new URLSearchParams(query))
}

function send(response: ServerResponse, { status, type, body, headers }: Answer, isHead: boolean): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    ...headers,
  })
  response.end(isHead ? undefined : body)
}

function cannotListen({ host, port, setting }: ListenSettings, error: unknown): Fault {
  const code = codeOf(error)
  const message = `${setting}: ${reason(code, host, port)} Nothing was started.`
  return fault({ fault: 'fatal', code: 'cannot_listen', message, cause: error })
}

function reason(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use, perhaps by another run. Stop that program, or choose another port.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address ${host}. Use one of its own, for example 127.0.0.1, or 0.0.0.0 for all.`
    case 'EACCES':
      return `This user may not use port ${port}. Choose one from 1024 on, for example 9464.`
    default:
      return `${host}:${port} cannot be used (${code}). Choose another address, for example 127.0.0.1:9464.`
  }
}
