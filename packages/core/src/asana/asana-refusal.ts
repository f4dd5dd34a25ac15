import { type Fault, fault } from '../fault.ts'
import { answeredBy } from '../http/answers/answered-by.ts'
import type { HttpResponse } from '../http/answers/http-response.ts'
import { retryAfterMs } from '../http/answers/retry-after.ts'
import { originOf } from '../secrets/secret.ts'
import { sentAt } from './audit-log-page.ts'
import { type AuditLogRequest, asanaBaseUrl } from './audit-log-request.ts'

const domainId = 'The gid is the "Domain ID" at the bottom of Settings in the admin console.'

const fatalStatuses: Record<number, readonly [code: string, message: string]> = {
  401: [
    'unauthorized',
    'Asana does not accept the token (401). Give the token of a service account that still exists; tokens can expire.',
  ],
  402: [
    'plan_required',
    "The organisation's plan has no audit log API (402). It needs Enterprise+, Legacy Enterprise or the compliance add-on.",
  ],
  403: [
    'forbidden',
    'Asana knows the token but refuses the audit log of this workspace (403). Is it the workspace of the service account? Its gid is the "Domain ID" at the bottom of Settings in the admin console. If it is, the service account needs the scope "Audit logs" or full permissions.',
  ],
  404: ['workspace_not_found', `Asana finds no such workspace (404). ${domainId}`],
  451: ['blocked', 'Asana blocks requests from this address for legal reasons (451).'],
}

/** The fault for an answer that is not a page. */
export function asanaRefusal(response: HttpResponse, request: AuditLogRequest, token: string): Fault {
  const { status, headers } = response
  const { baseUrl = asanaBaseUrl } = request
  const words = asanaMessage(response.body, token)
  const said = words ?? ''
  // A date in `Retry-After` is in the server's own time.
  const waitMs = retryAfterMs(headers['retry-after'], sentAt(headers) ?? Date.now())
  const fatal = fatalStatuses[status]
  const origin = status === 401 ? originOf(request.token) : undefined
  const from = origin === undefined ? '' : ` The token comes from ${origin}.`
  if (status === 404 && !/\/api\/[\d.]+\/*$/.test(new URL(baseUrl).pathname)) {
    const message = `There is no audit log at the base URL ${place(baseUrl)} (404). Is its path incomplete? Asana's own is ${asanaBaseUrl}. Otherwise the workspace's gid is wrong: ${domainId}${said}`
    return fault({ fault: 'fatal', code: 'workspace_not_found', message })
  }
  if (fatal)
    return fault({ fault: 'fatal', code: fatal[0], message: fatal[1] + from + (words ?? notAsana(baseUrl)) })
  if (status === 429) {
    const message = `Asana's rate limit is used up (429).${said}`
    return fault({ fault: 'temporary', code: 'rate_limited', message, retryAfterMs: waitMs ?? 30_000 })
  }
  if (status === 408 || status >= 500) {
    const message = `${answeredBy('Asana', response)} is not available (${status}).${said}`
    const shape = { fault: 'temporary', code: 'asana_unavailable', message } as const
    return fault(waitMs === undefined ? shape : { ...shape, retryAfterMs: waitMs })
  }
  if (status === 400) {
    const code = request.offset === undefined ? 'bad_request' : 'offset_refused'
    return fault({
      fault: 'fatal',
      code,
      message: `Asana refuses the request (400).${words ?? notAsana(baseUrl)}`,
    })
  }
  if (status >= 300 && status < 400) {
    const message = `${new URL(request.baseUrl ?? asanaBaseUrl).origin} redirects (${status}). Check the base URL: the token is sent to no other place.`
    return fault({ fault: 'fatal', code: 'redirected', message })
  }
  return fault({
    fault: 'fatal',
    code: 'unexpected_status',
    message: `${answeredBy('Asana', response)} answered ${status}.${words ?? notAsana(baseUrl)}`,
  })
}

/** The base URL without a password. */
function place(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return origin + pathname
}

function notAsana(baseUrl: string): string {
  return ` The answer is not from Asana's API: check the base URL (${place(baseUrl)}) and any proxy between you and Asana.`
}

/** The text of Asana's error envelope, shortened, for the end of a message. Undefined for any other body, such as a proxy's HTML. */
function asanaMessage(body: Buffer, token: string): string | undefined {
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as {
      errors?: { message?: string; phrase?: string }[]
    }
    const said = [errors?.[0]?.message, errors?.[0]?.phrase].filter((part) => typeof part === 'string')
    const text = said.join(' ').replaceAll(token, '[token]').replaceAll(/\s+/g, ' ').slice(0, 200)
    return errors === undefined ? undefined : text && ` Asana says: "${text}".`
  } catch {
    return undefined
  }
}
