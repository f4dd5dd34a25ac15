import { type Answer, expiredOffset, tooManyRequests } from './answer.ts'
import { errorBody, serverErrorBody } from './error-body.ts'
import type { Strike } from './faults.ts'

/**
 * The answer that a fault sends instead of the true one; undefined for a fault that damages the true answer on its
 * way.
 */
export function faultAnswer({ kind, cause, retryAfterSeconds }: Strike): Answer | undefined {
  switch (kind) {
    case 429:
      return tooManyRequests(retryAfterSeconds)
    case 500:
      return { status: 500, body: serverErrorBody(cause) }
    case 502:
      return { status: 502, body: page('502 Bad Gateway') }
    case 503:
      return { status: 503, retryAfter: retryAfterSeconds, body: errorBody('Service Unavailable') }
    case 504:
      return { status: 504, body: page('504 Gateway Time-out') }
    case 'html':
      return { status: 200, body: page('Sign in to the network') }
    case 'no-data':
      return { status: 200, body: { next_page: null } }
    case 'expired-offset':
      return expiredOffset()
    case 'reset':
    case 'truncated':
    case 'latency':
      return undefined
  }
}

function page(title: string): string {
  return `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`
}
