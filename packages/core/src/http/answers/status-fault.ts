import type { FaultShape } from '../../fault.ts'

/** How many 500s in a row on one write before one record is suspected: the collector uses it for permanent errors too. */
const isolateAfter = 8

const shapes: Readonly<Record<number, FaultShape>> = {
  400: { fault: 'rejected', code: 'bad_data', at: 'none-taken' },
  401: { fault: 'fatal', code: 'unauthorized' },
  403: { fault: 'fatal', code: 'forbidden' },
  404: { fault: 'fatal', code: 'not_found' },
  405: { fault: 'fatal', code: 'method_not_allowed' },
  408: { fault: 'temporary', code: 'request_timeout' },
  413: { fault: 'rejected', code: 'too_large', at: 'none-taken' },
  415: { fault: 'fatal', code: 'unsupported_media_type' },
  // Many stores send this for a single document that they do not accept.
  422: { fault: 'rejected', code: 'bad_data', at: 'none-taken' },
  429: { fault: 'temporary', code: 'rate_limited' },
  502: { fault: 'temporary', code: 'unavailable' },
  503: { fault: 'temporary', code: 'unavailable' },
  504: { fault: 'temporary', code: 'unavailable' },
}

/**
 * What an HTTP status other than 2xx means for a write, if the answer has no error message of its protocol. Follows
 * https://opentelemetry.io/docs/specs/otlp/#failures-1, and decides where that leaves a choice.
 */
export function statusFault(status: number): FaultShape {
  if (status >= 300 && status < 400) return { fault: 'fatal', code: 'redirected' }
  const shape = shapes[status]
  if (shape) return shape
  if (status >= 500) return { fault: 'temporary', code: 'server_error', isolateAfter }
  return { fault: 'fatal', code: 'unexpected_status' }
}
