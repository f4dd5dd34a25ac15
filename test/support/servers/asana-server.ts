import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { listen, type Tls } from './listen.ts'

// A second reading of Asana's documentation, apart from the simulator: both would otherwise share one misreading.

export const workspace = '1200000000000042'
export const token = '2/1200000000000099/31337:0123456789abcdef0123456789abcdef'

export interface SeenRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
}

export interface AsanaServerOptions {
  /** The log, oldest first, each event as JSON text. Push more and the log grows. */
  readonly events: string[]
  /** How many events the page of this request holds (0 for the first). Default 100. */
  readonly pageSize?: ((request: number) => number) | undefined
  /** What `next_page` holds beside the offset. */
  readonly nextPage?: ((offset: string) => object) | undefined
  /** Answers a request in another way; returns whether it did. */
  readonly instead?: ((response: ServerResponse, request: number, seen: SeenRequest) => boolean) | undefined
  /** Which tokens it takes. Default: `token`. */
  readonly accepts?: ((token: string) => boolean) | undefined
  readonly tls?: Tls | undefined
}

export interface AsanaServer {
  readonly origin: string
  readonly baseUrl: string
  readonly requests: SeenRequest[]
  /** The environment of a command that reads from here. */
  readonly env: Readonly<Record<string, string>>
}

/** Tails one workspace's audit log as https://developers.asana.com/reference/getauditlogevents says. */
export async function startAsana(options: AsanaServerOptions): Promise<AsanaServer> {
  const { events, pageSize = () => 100, nextPage = () => ({}), instead } = options
  const { accepts = (sent) => sent === token } = options
  const requests: SeenRequest[] = []
  /** Where each offset continues, and the filters it was given for. */
  const offsets = new Map<string, { at: number; filters: string }>()

  function page(query: SeenRequest['query'], request: number): [status: number, body: string] {
    const { offset, limit, ...filters } = query
    if (limit !== undefined && !(Number(limit) >= 1 && Number(limit) <= 100))
      return refusal('limit: Not a valid limit')
    const known = offset === undefined ? undefined : offsets.get(offset)
    if (offset !== undefined && !known) return refusal('offset: Your pagination token has expired.')
    const given = JSON.stringify(filters)
    if (known && known.filters !== given) return refusal('offset: Your pagination token is invalid.')
    const matching = matches(events, filters)
    if (matching.length === 0) return [200, '{"data":[],"next_page":null}']
    const start = known?.at ?? 0
    const end = start + Math.min(pageSize(request), Number(limit ?? Number.POSITIVE_INFINITY))
    const data = matching.slice(start, end)
    const next = randomUUID()
    offsets.set(next, { at: start + data.length, filters: given })
    return [
      200,
      `{"data":[${data.join(',')}],"next_page":${JSON.stringify({ offset: next, ...nextPage(next) })}}`,
    ]
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const seen = {
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
    }
    const number = requests.push(seen) - 1
    if (instead?.(response, number, seen)) return
    let [status, body] = page(seen.query, number)
    if (!accepts(seen.authorization?.replace(/^Bearer /, '') ?? ''))
      [status, body] = [401, errors('Not Authorized')]
    else if (seen.path !== `/api/1.0/workspaces/${workspace}/audit_log_events`)
      [status, body] = [404, errors('No matching route for request')]
    const zipped = number % 2 === 1 && /\bgzip\b/.test(String(request.headers['accept-encoding']))
    response.writeHead(status, {
      'content-type': 'application/json; charset=UTF-8',
      ...(zipped && { 'content-encoding': 'gzip' }),
    })
    response.end(zipped ? gzipSync(body) : body)
  }

  const origin = await listen(answer, options.tls)
  const baseUrl = `${origin}/api/1.0`
  return {
    origin,
    baseUrl,
    requests,
    env: { ASANA_BASE_URL: baseUrl, ASANA_WORKSPACE: workspace, ASANA_TOKEN: token },
  }
}

/** `start_at` is inclusive, `end_at` exclusive. Other filters are not served here: whoever sends one gets nothing. */
function matches(events: readonly string[], filters: SeenRequest['query']): readonly string[] {
  const { start_at: from, end_at: to, ...others } = filters
  if (Object.keys(others).length > 0) return []
  if (from === undefined && to === undefined) return events
  const [first, end] = [Date.parse(from ?? '0000-01-01'), Date.parse(to ?? '9999-12-31T24:00:00Z')]
  return events.filter((event) => {
    const time = Date.parse(/"created_at":"([^"]*)"/.exec(event)?.[1] ?? '')
    return time >= first && time < end
  })
}

function refusal(message: string): [number, string] {
  return [400, errors(message)]
}

/** Asana's error envelope. */
export function errors(message: string): string {
  return JSON.stringify({
    errors: [{ message, help: 'For more information on API status codes, see the docs.' }],
  })
}

/** An ordinary event with invented people, as JSON text. `number` makes the gid and the time. */
export function loginEvent(number: number, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    gid: gidOf(number),
    created_at: new Date(Date.UTC(2026, 0, 5) + number * 1_000).toISOString(),
    event_type: 'user_login_succeeded',
    event_category: 'logins',
    actor: { actor_type: 'user', gid: '1111', name: 'Ada Example', email: 'ada@example.com' },
    resource: { resource_type: 'user', gid: '1111', name: 'Ada Example', email: 'ada@example.com' },
    details: { method: ['SAML'] },
    context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Example/1.0' },
    ...changes,
  })
}

export function gidOf(number: number): string {
  return `12${String(number).padStart(14, '0')}`
}
