import { createServer } from 'node:http'
import { eventLog } from '../asana/event-log.ts'
import { token } from '../asana/page-server.ts'
import { nextPage, readPage } from '../asana/read-page.ts'
import { type Gaps, gapWatch } from './gap-watch.ts'

export interface TenantSettings {
  readonly tenants: number
  /** The first of them have this much to read from before their first start. */
  readonly backlogs: number
  readonly backlogEvents: number
}

/** Since `reset`. */
export interface TenantStats extends Gaps {
  /** Requests of lanes that follow the log. */
  readonly polls: number
  /** Pages with events that a backlog read. */
  readonly backlogPages: number
  readonly requests: number
  /** Tenants that were polled fewer than twice since the server started. */
  readonly waiting: number
}

export interface TenantServer {
  readonly url: string
  reset(): void
  stats(): TenantStats
  close(): void
}

const hour = 3_600_000
const firstWorkspace = 1_200_000_000_000_000

export function workspaceOf(tenant: number): string {
  return String(firstWorkspace + tenant)
}

/**
 * The audit logs of many workspaces, for measurements of idle polls: a log has one event from an hour ago and gets no new ones. Those
 * with a backlog have a long one. It answers at once and has no quota.
 */
export async function startTenantServer({
  tenants,
  backlogs,
  backlogEvents,
}: TenantSettings): Promise<TenantServer> {
  const until = Math.floor(Date.now() / hour) * hour - hour
  const common = { density: 'uniform', days: 30, everyMs: null, eventBytes: 0 } as const
  const quiet = eventLog({ ...common, events: 1 }, until)
  const long = eventLog({ ...common, events: backlogEvents }, until)
  const watch = gapWatch(tenants)
  const polled = new Uint32Array(tenants)
  let [polls, backlogPages, requests] = [0, 0, 0]

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    request.resume()
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const tenant = Number(/\/workspaces\/(\d+)\//.exec(url.pathname)?.[1]) - firstWorkspace
    if (!(tenant >= 0 && tenant < tenants) || request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(404).end()
    requests += 1
    const log = tenant < backlogs ? long : quiet
    const page = readPage(log, url.searchParams)
    if (!page) return void response.writeHead(400).end('{"errors":[{"message":"offset: Not valid"}]}')
    if (url.searchParams.has('end_at')) {
      if (page.to > page.from) backlogPages += 1
    } else {
      polls += 1
      polled[tenant]! += 1
      watch.polled(tenant, performance.now())
    }
    const next = JSON.stringify(page.next && nextPage(page.next, url))
    const body = Buffer.concat([
      Buffer.from('{"data":['),
      log.plain(page.from, page.to),
      Buffer.from(`],"next_page":${next}}`),
    ])
    response.writeHead(200, {
      'content-type': 'application/json; charset=UTF-8',
      'content-length': body.length,
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/api/1.0`,
    reset() {
      ;[polls, backlogPages, requests] = [0, 0, 0]
      watch.reset()
    },
    stats: () => ({
      ...{ polls, backlogPages, requests },
      ...watch.gaps(performance.now()),
      waiting: polled.reduce((count, times) => count + (times < 2 ? 1 : 0), 0),
    }),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
