import { fault } from '../fault.ts'
import type { Secret } from '../files/watched-secret.ts'
import { type HttpClient, httpClient } from '../http/http-client.ts'
import { checkOptions } from '../options/known-options.ts'
import { asanaRefusal } from './asana-refusal.ts'
import { readAsanaToken } from './asana-token.ts'
import { pageData, type RawPage, rawPage } from './audit-log-page.ts'
import type { RequestBudget } from './request-budget.ts'

/** The documented parameters of the one operation. Times are RFC 3339; all filters combine. */
export interface AuditLogQuery {
  /** Created at this time or later. */
  readonly startAt?: string | undefined
  /** Created before this time. */
  readonly endAt?: string | undefined
  /** Exactly one type. */
  readonly eventType?: string | undefined
  /** For actors without an id; Asana wants it left out beside `actorGid`. */
  readonly actorType?: string | undefined
  readonly actorGid?: string | undefined
  readonly resourceGid?: string | undefined
  /** Sent only when given: the documentation says 1,000 by default in one place and 1 to 100 in another. */
  readonly limit?: number | undefined
  /** From the previous page, together with the filters that page was asked for. */
  readonly offset?: string | undefined
}

/** How to reach the audit log of one workspace. */
export interface AuditLogAccess {
  /** The gid of the workspace: Admin console, Settings, "Domain ID". */
  readonly workspace: string
  /** A service account's token, or how to get it: asked before every request, so a token mended on disk is used at once. */
  readonly token: Secret
  /** Default `https://app.asana.com/api/1.0`. */
  readonly baseUrl?: string | undefined
  /** Shared by callers who want one connection pool; else one is made for each call. */
  readonly http?: HttpClient | undefined
  readonly budget?: RequestBudget | undefined
  /** For one request, from connecting to the last byte. Default 60,000. */
  readonly deadlineMs?: number | undefined
  /** Most bytes of one answer. Default 96 MiB. */
  readonly maxResponseBytes?: number | undefined
}

export interface AuditLogRequest extends AuditLogAccess, AuditLogQuery {
  readonly signal?: AbortSignal | undefined
}

export interface AuditLogPage {
  /** Oldest first, as Asana sent them: not yet checked to be events. */
  readonly data: readonly unknown[]
  /** Where the next page starts; undefined until something has matched the filters, and never again after that. */
  readonly offset: string | undefined
  /** The server's clock in milliseconds since 1970, from its `Date` header; undefined without one. */
  readonly date: number | undefined
  readonly bytes: number
}

export const asanaBaseUrl = 'https://app.asana.com/api/1.0'

/**
 * `GET /workspaces/{workspace_gid}/audit_log_events`: all documented parameters in, one page out, one attempt.
 * https://developers.asana.com/reference/getauditlogevents
 *
 * Rejects with a fault. Fatal: `unauthorized` (401), `plan_required` (402), `forbidden` (403), `workspace_not_found` (404),
 * `blocked` (451), `redirected` (3xx), `bad_request` (400), `offset_refused` (400 to a request with an offset), `bad_token`,
 * `bad_base_url`, `unknown_option`, `bad_option`, `unexpected_status`, `tls`. Temporary: `rate_limited` (429), `asana_unavailable` (5xx), `malformed_page`, and the
 * network codes of `HttpClient`. `next_page.uri` is never followed: a token goes to `baseUrl` only.
 */
export async function getAuditLogEvents(request: AuditLogRequest): Promise<AuditLogPage> {
  checkOptions('getAuditLogEvents', request)
  checkNeeded('getAuditLogEvents', request)
  const page = await getRawPage(request)
  return { data: pageData(page), offset: page.offset, date: page.date, bytes: page.body.length }
}

/** The same, unparsed: what is read ahead is held as bytes. */
export async function getRawPage(request: AuditLogRequest): Promise<RawPage> {
  const { deadlineMs = 60_000, maxResponseBytes = 96 * 2 ** 20, signal, budget } = request
  const url = auditLogUrl(request)
  const token = await readAsanaToken(request.token)
  const http = request.http ?? httpClient()
  const done = await budget?.take(signal)
  try {
    const answer = await http.exchange({
      method: 'GET',
      url,
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      deadlineMs,
      maxBytes: maxResponseBytes,
      signal,
    })
    const response = { ...answer, body: withoutBom(answer.body) }
    if (response.status === 200) return rawPage(response)
    const refusal = asanaRefusal(response, request, token)
    if (refusal.retryAfterMs !== undefined) budget?.hold(refusal.retryAfterMs)
    throw refusal
  } finally {
    done?.()
    if (!request.http) await http.close()
  }
}

/** JSON is not to begin with a byte order mark, but some proxies and gateways add one. */
function withoutBom(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
}

function auditLogUrl(request: AuditLogRequest): URL {
  const base = (request.baseUrl ?? asanaBaseUrl).replace(/\/+$/, '')
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) {
    const message = `The base URL of Asana is not an address. Give one such as ${asanaBaseUrl}.`
    throw fault({ fault: 'fatal', code: 'bad_base_url', message })
  }
  const url = new URL(`${base}/workspaces/${encodeURIComponent(request.workspace)}/audit_log_events`)
  const parameters = {
    start_at: request.startAt,
    end_at: request.endAt,
    event_type: request.eventType,
    actor_type: request.actorType,
    actor_gid: request.actorGid,
    resource_gid: request.resourceGid,
    limit: request.limit,
    offset: request.offset,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
