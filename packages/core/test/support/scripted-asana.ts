import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: IncomingHttpHeaders
}

export type Answer =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | ((response: ServerResponse) => void)

export interface ScriptedAsana extends AsyncDisposable {
  readonly baseUrl: string
  readonly requests: SeenRequest[]
}

/** Answers request after request from a script, the last one for ever: pages written by hand from the facts, no logic. */
export async function scriptedAsana(...script: Answer[]): Promise<ScriptedAsana> {
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    requests.push({
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
    })
    const answer = script[Math.min(requests.length, script.length) - 1] ?? {}
    if (typeof answer === 'function') return answer(response)
    const { status = 200, json, text, headers = {} } = answer
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
    response.end(text ?? JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/api/1.0`,
    requests,
    [Symbol.asyncDispose]: () => closed(server),
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** A page as the API reference shows it. */
export function page(data: unknown[], offset: string | null): Answer {
  return {
    json: {
      data,
      next_page: offset === null ? null : { offset, path: `/x?offset=${offset}`, uri: `https://elsewhere/x` },
    },
  }
}

/** The shape of a sample in the API reference, with invented people. */
export function login(gid: string, createdAt = '2026-02-01T10:00:00.000Z'): Record<string, unknown> {
  return {
    gid,
    created_at: createdAt,
    event_type: 'user_login_succeeded',
    event_category: 'logins',
    actor: { actor_type: 'user', gid: '1111', name: 'Ada Example', email: 'ada@example.com' },
    resource: { resource_type: 'user', gid: '1111', name: 'Ada Example', email: 'ada@example.com' },
    details: { method: ['SAML'] },
    context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Example/1.0' },
  }
}
