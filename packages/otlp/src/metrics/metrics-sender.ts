import { type HttpClientOptions, httpClient } from '@asana-audit/core'
import { postOtlp } from '../answers/post-otlp.ts'
import type { OtlpEnvOptions } from '../settings/read-otlp-settings.ts'
import { encodedMetrics, type MetricsRequest } from './metrics-request.ts'

/** Sends metrics to one OTLP/HTTP receiver. */
export interface MetricsSender {
  encode(request: MetricsRequest): Uint8Array
  /** One attempt. Rejects with a fault, whose codes are those of `otlpSink`, or with `signal.reason` once aborted. */
  send(request: Uint8Array, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** `settings`: as `readOtlpSettings(…, 'metrics')` returns them. */
export function metricsSender(settings: OtlpEnvOptions & HttpClientOptions): MetricsSender {
  const { url, headers, protocol = 'http/protobuf', compression = 'gzip', timeoutMs = 10_000 } = settings
  const client = httpClient(settings)
  const contentType = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
  const { secretHeaders } = settings
  const changing = secretHeaders === undefined ? {} : { secretHeaders }
  const post = { url: new URL(url), headers, ...changing, contentType, compression, timeoutMs, client }
  return {
    encode: (request) => encodedMetrics(request, protocol),
    async send(request, signal) {
      await postOtlp(post, request, signal)
    },
    close: client.close,
  }
}
