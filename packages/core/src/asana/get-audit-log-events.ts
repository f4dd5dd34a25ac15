import { type Fault, fault } from '../fault.ts'
import type { HttpResponse } from '../http/answers/http-response.ts'
import { httpClient } from '../http/http-client.ts'
import { checkOptions } from '../options/check-options.ts'
import { withSecret } from '../secrets/with-secret.ts'
import { asanaRefusal } from './asana-refusal.ts'
import { checkAsanaToken } from './asana-token.ts'
import { pageData, type RawPage, rawPage } from './audit-log-page.ts'
import { type AuditLogRequest, asanaBaseUrl, checkRequest } from './audit-log-request.ts'
import { turnOf, type Watch } from './watched-exchange.ts'

export interface AuditLogPage {
  /** The entries, oldest first, as Asana sent them; not yet checked. */
  readonly data: readonly unknown[]
  /** Where the next page starts; undefined only until something has matched the filters. */
  readonly offset: string | undefined
  /** The server's clock in milliseconds since 1970, from its `Date` header; undefined without one. */
  readonly date: number | undefined
  readonly bytes: number
}

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
  checkRequest(request)
  checkOptions('getAuditLogEvents', request)
  const page = await getRawPage(request)
  return { data: pageData(page), offset: page.offset, date: page.date, bytes: page.body.length }
}

/** Gets one page without parsing it: pages that are read ahead are held as bytes. */
export async function getRawPage(request: AuditLogRequest, watch?: Watch): Promise<RawPage> {
  const { deadlineMs = 60_000, maxResponseBytes: maxBytes = 96 * 2 ** 20, signal, budget } = request
  const url = auditLogUrl(request)
  const http = request.http ?? httpClient()
  const attempt = async (token: string): Promise<Answer> => {
    checkAsanaToken(token)
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
    const exchange = (): Promise<HttpResponse> =>
      http.exchange({ method: 'GET', url, headers, deadlineMs, maxBytes, signal })
    const turn = watch && turnOf(watch, signal)
    const done = await budget?.take(signal)
    try {
      const answer = await (turn ? turn(exchange) : exchange())
      const body = withoutBom(answer.body)
      const response = { ...answer, body, gzipped: body === answer.body ? answer.gzipped : undefined }
      if (response.status === 200) return { ...response, refusal: undefined }
      const refusal = asanaRefusal(response, request, token)
      if (refusal.fault === 'temporary' && refusal.retryAfterMs !== undefined)
        budget?.hold(refusal.retryAfterMs)
      return { ...response, refusal }
    } finally {
      done?.()
    }
  }
  try {
    const { answer } = await withSecret(request.token, attempt)
    if (answer.refusal) throw answer.refusal
    return { ...rawPage(answer), limit: request.limit }
  } finally {
    if (!request.http) await http.close()
  }
}

interface Answer extends HttpResponse {
  /** Undefined if the answer is a page. */
  readonly refusal: Fault | undefined
}

/** JSON must not begin with a byte order mark, but some proxies and gateways add one. */
function withoutBom(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
}

function auditLogUrl(request: AuditLogRequest): URL {
  const base = (request.baseUrl ?? asanaBaseUrl).replace(/\/+$/, '')
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) {
    const message = `The base URL of Asana is not a valid address. Give one such as ${asanaBaseUrl}.`
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
