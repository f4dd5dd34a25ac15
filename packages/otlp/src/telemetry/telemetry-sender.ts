import { type HttpClientOptions, httpClient } from '@asana-audit/core'
import { postOtlp } from '../requests/post-otlp.ts'
import type { OtlpEnvOptions, OtlpProtocol, OtlpSignal } from '../settings/read-otlp-settings.ts'
import { secretHeadersIn } from '../settings/secret-headers.ts'
import type { OnWarning } from '../settings/sink-warning.ts'
import { encodedMetrics, type MetricsRequest } from './metrics-request.ts'
import { encodedTraces, type TracesRequest } from './traces-request.ts'

/** Sends metrics or spans to one OTLP receiver. */
export interface TelemetrySender<Request> {
  encode(request: Request): Uint8Array
  /** One attempt. Rejects with a fault, whose codes are those of `otlpSink`, or with `signal.reason` once aborted. */
  send(request: Uint8Array, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export type MetricsSender = TelemetrySender<MetricsRequest>
export type TracesSender = TelemetrySender<TracesRequest>

/**
 * `settings`: as `readOtlpSettings(…, 'metrics')` returns them. `onWarning` is told which of two secret headers have come into use
 * (`second_headers`, `first_headers`), and that earlier credentials are still in use (`old_credentials`).
 */
export function metricsSender(
  settings: OtlpEnvOptions & HttpClientOptions,
  onWarning?: OnWarning,
): MetricsSender {
  return telemetrySender('metrics', encodedMetrics, settings, onWarning)
}

/** The same for spans, and `readOtlpSettings(…, 'traces')`. */
export function tracesSender(
  settings: OtlpEnvOptions & HttpClientOptions,
  onWarning?: OnWarning,
): TracesSender {
  return telemetrySender('traces', encodedTraces, settings, onWarning)
}

function telemetrySender<Request>(
  otlpSignal: OtlpSignal,
  encoded: (request: Request, protocol: OtlpProtocol) => Uint8Array,
  settings: OtlpEnvOptions & HttpClientOptions,
  onWarning: OnWarning | undefined,
): TelemetrySender<Request> {
  const { headers, protocol = 'http/protobuf', compression = 'gzip', timeoutMs = 10_000 } = settings
  const client = httpClient(settings, onWarning)
  const url = new URL(settings.url)
  const secretHeaders = secretHeadersIn(settings, url, onWarning)
  const changing = secretHeaders === undefined ? {} : { secretHeaders }
  const post = { url, otlpSignal, protocol, headers, ...changing, compression, timeoutMs, client }
  return {
    encode: (request) => encoded(request, protocol),
    async send(request, signal) {
      await postOtlp(post, request, signal)
    },
    close: client.close,
  }
}
