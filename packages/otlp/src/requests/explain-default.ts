import { fault, isFault } from '@asana-audit/core'
import { defaultEndpoint } from '../settings/endpoint.ts'
import type { Target } from './transport.ts'

/** The same error; if nothing listens at the default address, which perhaps nobody chose, with how to set another. */
export function explainDefault(error: unknown, { url, otlpSignal, protocol }: Target): unknown {
  const standard = new URL(defaultEndpoint(otlpSignal, protocol === 'grpc'))
  if (!isFault(error) || error.code !== 'connection_refused' || url.href !== standard.href) return error
  const message = `${error.message} That is the default address; to use another, set endpoint or OTEL_EXPORTER_OTLP_ENDPOINT.`
  return fault({ fault: 'temporary', code: error.code, message, cause: error.cause })
}
