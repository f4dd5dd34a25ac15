import { day } from '../duration.ts'
import type { CompleteSettings, Oddity, RefusalStatus } from '../settings.ts'
import { errorBody, serverErrorBody } from './error-body.ts'
import type { EventLog } from './event-log.ts'
import type { Offset, Offsets } from './offset.ts'
import { type Query, readQuery } from './query.ts'

export interface Answer {
  status: number
  /** Whole seconds, for the `Retry-After` header. */
  retryAfter?: number
  /** JSON, or an HTML page, sent unchanged. */
  body: object | string
}

/** Everything an answer depends on, except the request. */
export interface World {
  workspace: string
  /** Scheme, host and port. */
  origin: string
  settings: CompleteSettings
  log: EventLog
  offsets: Offsets
  /** Milliseconds since 1970. */
  now: number
}

/** The beginning of all paths of the API. */
export const basePath = '/api/1.0'

/** Events created before this instant, in milliseconds since 1970, have been deleted. */
export function horizonOf(now: number, { retentionDays }: CompleteSettings): number {
  return now - retentionDays * day
}

/** Asana's answer to a request with a valid token. */
export function answer(method: string, url: URL, world: World): Answer {
  const { settings, workspace } = world
  if (settings.refuseWith !== null) return refusal(settings.refuseWith)
  const path = url.pathname.startsWith(basePath) ? url.pathname.slice(basePath.length) : ''
  const [, asked] = /^\/workspaces\/([^/]+)\/audit_log_events$/.exec(path) ?? []
  if (method !== 'GET' || asked === undefined)
    return { status: 404, body: errorBody(`There is nothing at ${method} ${url.pathname}.`) }
  if (asked !== workspace) return { status: 404, body: errorBody(`workspace: Unknown object: ${asked}`) }
  const query = readQuery(url.searchParams, settings)
  if ('problems' in query) return { status: 400, body: errorBody(...query.problems) }
  return readPage(misread(query, settings.oddity), world)
}

export function notAuthorized(): Answer {
  return { status: 401, body: errorBody('Not Authorized') }
}

export function tooManyRequests(retryAfter: number): Answer {
  const message = 'Too many requests: a rate limit was hit. Wait as long as the Retry-After header says.'
  return { status: 429, retryAfter, body: errorBody(message) }
}

export function expiredOffset(): Answer {
  return { status: 400, body: errorBody('offset: Your pagination token has expired.') }
}

function refusal(status: RefusalStatus): Answer {
  const messages = {
    402: 'This needs a plan with the Audit Log API.',
    403: 'This token may not read the audit log of this workspace.',
    404: 'workspace: Unknown object.',
    451: 'Unavailable for legal reasons.',
    503: 'Service Unavailable',
  }
  if (status === 500) return { status, body: serverErrorBody('refused') }
  return { status, body: errorBody(messages[status]), ...(status === 503 && { retryAfter: 30 }) }
}

function misread(query: Query, oddity: Oddity | null): Query {
  if (oddity === 'no-query') return { filters: {}, filterQuery: '', limit: undefined, offset: undefined }
  if (oddity !== 'no-times') return query
  const { startAt: _, endAt: __, ...filters } = query.filters
  return { ...query, filters }
}

function readPage(query: Query, world: World): Answer {
  const { settings, log, offsets, now } = world
  const offset = query.offset === undefined ? undefined : offsets.read(query.offset)
  if (query.offset !== undefined) {
    if (!offset)
      return { status: 400, body: errorBody('offset: This is not a pagination token of this server.') }
    if (offsets.hasExpired(offset, now, settings.offsetTtlMs)) return expiredOffset()
    if (offset.filterQuery !== query.filterQuery && settings.filtersWithOffset === 'refuse')
      return { status: 400, body: errorBody('offset: This token was issued for other filters.') }
  }
  const { filters, filterQuery } = filtersInForce(query, offset, settings)
  const page = log.page({
    filters,
    limit: query.limit ?? settings.defaultLimit,
    after: offset?.position,
    lateEvents: settings.lateEvents,
    horizon: horizonOf(now, settings),
  })
  const position = settings.oddity === 'same-offset' ? (offset?.position ?? page.position) : page.position
  const hasNext = position && settings.oddity !== 'no-offset'
  const next = hasNext && offsets.issue({ position, filterQuery, issuedAt: now })
  return {
    status: 200,
    body: { data: page.events, next_page: next ? nextPage(next, filterQuery, query.limit, world) : null },
  }
}

function filtersInForce(
  query: Query,
  offset: Offset | undefined,
  settings: CompleteSettings,
): Pick<Query, 'filters' | 'filterQuery'> {
  if (!offset || settings.filtersWithOffset !== 'offset') return query
  const issued = readQuery(new URLSearchParams(offset.filterQuery), settings)
  return 'problems' in issued ? query : issued
}

/**
 * `path` begins after the base of the API; it and `uri` hold the caller's limit and filters together with the offset.
 */
function nextPage(
  offset: string,
  filterQuery: string,
  limit: number | undefined,
  { workspace, origin }: World,
): object {
  const parameters = [limit === undefined ? '' : `limit=${limit}`, filterQuery, `offset=${offset}`]
  const path = `/workspaces/${workspace}/audit_log_events?${parameters.filter(Boolean).join('&')}`
  return { offset, path, uri: `${origin}${basePath}${path}` }
}
