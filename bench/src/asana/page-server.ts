import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { type EventLog, eventLog, type LogSettings } from './event-log.ts'
import { gzipPage } from './gzip-page.ts'
import { nextPage, readPage } from './read-page.ts'
import { tokenBucket } from './token-bucket.ts'

export interface AsanaSettings extends LogSettings {
  readonly latencyMs: number
  /** `null`: no quota. */
  readonly requestsPerMinute: number | null
  /** Whether answers are compressed for clients that accept it. */
  readonly gzip: boolean
  /** Events in the log of `warmUpWorkspace`. */
  readonly warmUp: number
}

export interface AsanaStats {
  readonly requests: number
  /** Requests that were answered with 429. */
  readonly refused: number
  readonly peakInFlight: number
  readonly events: number
  /** Milliseconds from the first request to the last. */
  readonly spanMs: number
}

export interface PageServer {
  readonly url: string
  /** The end of every log, RFC 3339. */
  readonly until: string
  /** Sets the log from now on, and sets all statistics to zero. The log of `warmUpWorkspace` has no latency and no quota. */
  set(settings: AsanaSettings): void
  stats(): AsanaStats
  /** When the event of a rank is shown, in milliseconds since 1970. */
  shownAt(rank: number): number
  close(): void
}

export const workspace = '1234567890123456'
export const warmUpWorkspace = '6543210987654321'
export const token = 'bench-token'

const hour = 3_600_000
const mostInFlight = 50

/**
 * The audit log of Asana for measurements of readers. It keeps the same contract as the simulator, without its faults, for logs of any
 * length and at a small part of its cost.
 */
export async function startPageServer(): Promise<PageServer> {
  // In the past, so that no event is added as time goes on, and recent, so that no event is deleted.
  const until = Math.floor(Date.now() / hour) * hour - hour
  const logs = new Map<string, EventLog>()
  let settings: AsanaSettings
  let current: EventLog
  let bucket = tokenBucket(Number.POSITIVE_INFINITY)
  let stats = noStats()
  let firstAt = 0
  let inFlight = 0

  function logOf({ events, density, days, everyMs, eventBytes }: LogSettings): EventLog {
    const wanted = { events, density, days, everyMs, eventBytes }
    const key = JSON.stringify(wanted)
    const log = logs.get(key) ?? eventLog(wanted, until)
    logs.set(key, log)
    return log
  }

  function answer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const asked = /^\/api\/1\.0\/workspaces\/(\d+)\/audit_log_events$/.exec(url.pathname)?.[1]
    if (asked !== workspace && asked !== warmUpWorkspace) return void refuse(response, 404, 'Unknown object')
    const log = asked === workspace ? current : logOf({ ...settings, events: settings.warmUp, everyMs: null })
    const page = readPage(log, url.searchParams)
    if (!page) return void refuse(response, 400, 'offset: Your pagination token has expired.')
    const { from, to, next } = page
    stats.events += to - from
    const tail = Buffer.from(`],"next_page":${JSON.stringify(next && nextPage(next, url))}}`)
    const compress = settings.gzip && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    const body = compress
      ? gzipPage(pageHead, log.deflated(from, to, headCrc), tail)
      : Buffer.concat([pageHead, log.plain(from, to), tail])
    response.writeHead(200, {
      'content-type': 'application/json; charset=UTF-8',
      'content-length': body.length,
      ...(compress && { 'content-encoding': 'gzip' }),
    })
    response.end(body)
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    request.resume()
    inFlight += 1
    response.once('close', () => {
      inFlight -= 1
    })
    if (request.headers.authorization !== `Bearer ${token}`)
      return void refuse(response, 401, 'Not Authorized')
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    if (url.pathname.includes(warmUpWorkspace)) return void answer(request, response, url)
    if (stats.requests === 0) firstAt = performance.now()
    stats.requests += 1
    stats.spanMs = performance.now() - firstAt
    stats.peakInFlight = Math.max(stats.peakInFlight, inFlight)
    const retryAfter = inFlight > mostInFlight ? 1 : bucket.admit(performance.now())
    if (retryAfter !== undefined) {
      stats.refused += 1
      response.setHeader('retry-after', retryAfter)
      return void refuse(response, 429, 'Too many requests')
    }
    if (settings.latencyMs === 0) answer(request, response, url)
    else setTimeout(() => answer(request, response, url), settings.latencyMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/1.0`,
    until: new Date(until).toISOString(),
    set(next) {
      settings = next
      // In a log of the present time goes on, so an earlier answer is never sent again.
      current = next.everyMs === null ? logOf(next) : eventLog(next, until)
      bucket = tokenBucket(next.requestsPerMinute ?? Number.POSITIVE_INFINITY)
      stats = noStats()
      if (next.gzip && next.everyMs === null) current.prepare()
    },
    stats: () => stats,
    shownAt: (rank) => current.timeOf(rank),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const noStats = () => ({ requests: 0, refused: 0, peakInFlight: 0, events: 0, spanMs: 0 })

const pageHead = Buffer.from('{"data":[')
const headCrc = crc32(pageHead)

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ errors: [{ message }] })
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
