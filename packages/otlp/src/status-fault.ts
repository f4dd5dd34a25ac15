import type { FaultOptions } from '@asana-audit/core'

/** All of a fault but its message, which can end with a next step for the person who reads it; empty: just wait. */
interface StatusFault extends Omit<FaultOptions, 'message'> {
  readonly nextStep: string
}

/** How many 500s in a row on one write before one record is suspected: the collector uses it for permanent errors too. */
const isolateAfter = 8

/** What an HTTP status other than 2xx means for the write, https://opentelemetry.io/docs/specs/otlp/#failures-1. */
export function statusFault(status: number): StatusFault {
  if (status >= 300 && status < 400) {
    return fatal('redirected', 'Redirects are not followed; set the URL to where it leads.')
  }
  switch (status) {
    case 400:
      return rejected('bad_data', 'It cannot read something in this request.')
    case 401:
      return fatal('unauthorized', 'Set or renew the credentials in the headers.')
    case 403:
      return fatal('forbidden', 'The credentials do not allow sending logs; give them that right.')
    case 404:
      return fatal('not_found', 'Check the path of the URL; it usually ends in /v1/logs.')
    case 405:
      return fatal('method_not_allowed', 'It takes no POST there; check the path of the URL.')
    case 408:
      return temporary('request_timeout')
    case 413:
      return rejected('too_large', 'It takes smaller requests only; lower maxBytes.')
    case 415:
      return fatal(
        'unsupported_media_type',
        'It does not take this encoding; change protocol or compression.',
      )
    case 429:
      return temporary('rate_limited')
    case 502:
    case 503:
    case 504:
      return temporary('unavailable')
  }
  if (status >= 500) return { ...temporary('server_error'), isolateAfter }
  return fatal('unexpected_status', 'Check that the URL is that of an OTLP/HTTP receiver.')
}

function temporary(code: string): StatusFault {
  return { fault: 'temporary', code, nextStep: '' }
}

function rejected(code: string, nextStep: string): StatusFault {
  return { fault: 'rejected', code, at: 'none-taken', nextStep }
}

function fatal(code: string, nextStep: string): StatusFault {
  return { fault: 'fatal', code, nextStep }
}
