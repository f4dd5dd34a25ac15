import type { FaultShape } from '@asana-audit/core'
import { statusFault as shapeOf } from '@asana-audit/core/sink-kit'

interface StatusFault {
  readonly shape: FaultShape
  /** The last sentence of the message: what the reader should do. Empty if waiting is enough. */
  readonly nextStep: string
}

/** What an HTTP status other than 2xx means for the write, https://opentelemetry.io/docs/specs/otlp/#failures-1. */
export function statusFault(status: number): StatusFault {
  const shape = shapeOf(status)
  return { shape, nextStep: nextSteps[shape.code] ?? '' }
}

/** The same over HTTP and gRPC. */
export const credentialSteps = {
  unauthorized: 'Set or renew the credentials in the headers (headers, OTEL_EXPORTER_OTLP_HEADERS).',
  forbidden:
    'The credentials may not send this; give them that right, or set others in the headers (headers, OTEL_EXPORTER_OTLP_HEADERS).',
}

/** The same over HTTP and gRPC. */
export const rateLimitedStep =
  'It limits how much it takes. The same records are sent again, so nothing is lost; if this does not end, raise the limit of the receiver.'

/** The same over HTTP and gRPC. The command has no setting for the size of a request. */
export const tooLargeStep =
  'It accepts only smaller requests. Raise the limit of the receiver, or of a proxy before it; a program that uses the library can lower maxBytes instead.'

/** The same over HTTP and gRPC. For a person who runs `check`, and for one who reads it again and again. */
const whenItLasts =
  'If it lasts, check the receiver and its log, and whether a load balancer or proxy before it still reaches it.'
export const passingSteps: Readonly<Record<string, string>> = {
  unavailable: whenItLasts,
  request_timeout: whenItLasts,
  server_error: whenItLasts,
}

const nextSteps: Readonly<Record<string, string>> = {
  ...credentialSteps,
  ...passingSteps,
  // VictoriaLogs answers an unknown path like this, and not with 404.
  bad_data: 'It cannot read a part of this request, or does not know the path of the URL.',
  not_found: 'Check the path of the URL; it usually ends in /v1/logs.',
  method_not_allowed: 'It does not accept POST there; check the path of the URL.',
  redirected: 'Redirects are not followed; set the URL to the target of the redirect.',
  too_large: tooLargeStep,
  rate_limited: rateLimitedStep,
  unsupported_media_type: 'It does not accept this encoding; change protocol or compression.',
  unexpected_status: 'Check that the URL is that of an OTLP/HTTP receiver.',
}
