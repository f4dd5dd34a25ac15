import { type HttpClient, httpClient } from './http-client.ts'
import type { HttpClientOptions } from './http-client-options.ts'

/** For sinks of which there are many at one destination. */
export interface SharedHttp {
  /**
   * An `httpClient` of yours, for many sinks at one destination: they share its connections.
   *
   * Its certificates and proxy count, and those of the sink do not. The sink does not close it.
   * @default the sink's own
   */
  readonly http?: HttpClient | undefined
}

/** The client of a sink: the one that is shared, which stays open, or one of its own. */
export function clientOf(
  { http, ...options }: HttpClientOptions & SharedHttp,
  onWarning?: Parameters<typeof httpClient>[1],
): HttpClient {
  if (!http) return httpClient(options, onWarning)
  const close = async (): Promise<void> => {}
  return { ...http, close, [Symbol.asyncDispose]: close }
}
