import { type Fault, type FaultShape, fault, type HttpResponse } from '@asana-audit/core'
import {
  answeredBy,
  redirectTarget,
  sanitizeServerText,
  statusFault,
  withRetryAfter,
} from '@asana-audit/core/sink-kit'

/** The request an answer is for. */
export interface Sent {
  readonly url: URL
  /** No message may repeat them. */
  readonly secrets: readonly string[]
  /** Milliseconds since 1970, for a Retry-After that names a date. */
  readonly now: number
}

/**
 * What an answer means for the events of its request: undefined if all were accepted, otherwise a fault that counts none of them.
 *
 * Panther's documentation names no answer, so every class of status has a meaning here. Any 2xx accepts, with any body or none: to
 * expect certain words would stop a source that works. One 2xx does not: a web page comes from a login page or another server on the
 * way, never from a place for logs. To believe it would lose events; not to believe it can only repeat them.
 */
export function judgeAnswer(response: HttpResponse, { url, secrets, now }: Sent): Fault | undefined {
  const { status, headers, body } = response
  const isPage = isWebPage(response)
  const isSuccess = status >= 200 && status <= 299
  if (isSuccess && !isPage) return undefined
  const shape = isSuccess ? notAReceiver : shapeOf(status)
  const said = sanitizeServerText(body.toString('utf8'), secrets)
  const target = redirectTarget(response, url)
  const message = [
    `${answeredBy(url.origin, response)} answered ${status}${isPage ? ' with a web page' : ''}.`,
    nextSteps[shape.code],
    target && `It leads to ${sanitizeServerText(target, secrets)}.`,
    isPage &&
      !isSuccess &&
      response.proxy === undefined &&
      'A proxy or another server on the way may have answered in its place.',
    said && !isPage && `It says: "${said}".`,
  ]
  return fault({
    ...withRetryAfter(shape, headers['retry-after'], now),
    message: message.filter(Boolean).join(' '),
  })
}

const notAReceiver: FaultShape = { fault: 'temporary', code: 'not_a_receiver' }

function shapeOf(status: number): FaultShape {
  // A source that was deleted.
  if (status === 410) return statusFault(404)
  // Too early: meant to be sent again.
  if (status === 425) return statusFault(503)
  return statusFault(status)
}

/** By its type, or by the first letters where a server gives no type. */
function isWebPage({ headers, body }: HttpResponse): boolean {
  const type = headers['content-type']?.trim().toLowerCase()
  if (type) return /^(text\/html|application\/xhtml\+xml)\b/.test(type)
  return /^\s*<(!doctype html|html)\b/i.test(body.toString('utf8', 0, 1_000).replace(/^\uFEFF/, ''))
}

const nextSteps: Readonly<Record<string, string>> = {
  not_a_receiver:
    'That is not an HTTP source of Panther, so nothing counts as delivered. Check the address, and whether a proxy or a login page is in between.',
  bad_data: 'It refuses a part of this request.',
  too_large:
    'It accepts only smaller requests, so this one is divided. A single event that it refuses ends in the quarantine: drop a field of it by the field policy.',
  unauthorized:
    'It refuses the secret. Compare method, header and secret with those of the source in Panther; for hmac also algorithm and encoding.',
  forbidden:
    'It refuses the secret or this machine. Compare method, header and secret with those of the source in Panther; for hmac also algorithm and encoding.',
  not_found:
    'Copy the whole address from the page of the HTTP source in Panther; the source may have been deleted.',
  method_not_allowed: 'It does not accept POST there; check the address.',
  redirected: 'Redirects are not followed; set the address to the target of the redirect.',
  unsupported_media_type: 'It does not accept this form of data; set compression to none.',
  unexpected_status: "Check that the address is that of Panther's HTTP source.",
  rate_limited: 'It is tried again.',
  request_timeout: 'It is tried again.',
  server_error: 'It is tried again.',
  unavailable: 'It is tried again.',
}
