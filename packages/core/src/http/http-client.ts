/// <reference lib="esnext.disposable" preserve="true" />
import { fault, isFault } from '../fault.ts'
import { decoded } from './answers/content-coding.ts'
import type { HttpResponse } from './answers/http-response.ts'
import { wholeResponse } from './answers/whole-response.ts'
import type { Bytes } from './bytes.ts'
import { connectionFault, speaksTls } from './connections/connection-fault.ts'
import { renewedRoutes } from './connections/renewed-routes.ts'
import type { Route } from './connections/routes.ts'
import type { HttpClientOptions } from './http-client-options.ts'
import { proxyRefusal } from './proxy/proxy-fault.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly deadlineMs: number
  /** Most bytes of the answer, after decompression. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
  /** Over HTTP/2 from the first byte, as gRPC needs, and through proxies by a tunnel. A server without it is a `no_http2`. */
  readonly http2?: boolean | undefined
}

/** `await using` closes it. */
export interface HttpClient extends AsyncDisposable {
  /**
   * One exchange: no retry, no redirect followed, any status of the target resolves. Rejects with a fault whose code is one of
   * `timeout`, `dns`, `connection_refused`, `connection_lost`, `network`, `no_http2`, `response_too_large`, `damaged_answer`,
   * `proxy_unreachable`, `proxy_failed` (temporary), `tls`, `unsupported_coding`, `proxy_tls`, `proxy_auth` or `proxy_refused`
   * (fatal), `bad_proxy` (fatal) or `credentials_unavailable` (temporary) with `credentials`, or with `signal.reason` once aborted.
   */
  exchange(request: HttpRequest): Promise<HttpResponse>
  /**
   * Resolves once `credentials` returns others than before; undefined without that option. Rejects only when the signal is aborted.
   * Made for `changed` of sources and sinks.
   */
  readonly changed?: ((signal: AbortSignal) => Promise<void>) | undefined
  close(): Promise<void>
}

/**
 * Connections are kept alive and shared by all exchanges of one client. `onWarning` hears why earlier credentials are still in use:
 * `credentials` has found new ones that cannot be used.
 */
export function httpClient(
  options: HttpClientOptions = {},
  onWarning: (warning: { readonly code: 'old_credentials'; readonly message: string }) => void = () => {},
): HttpClient {
  const ways = renewedRoutes(options, (message) => onWarning({ code: 'old_credentials', message }))
  const close = (): Promise<void> => ways.destroy()
  return {
    exchange: (request) =>
      ways.use(async (routes) => exchange(routes.to(request.url, request.http2), request)),
    ...(ways.changed && { changed: ways.changed }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function exchange(route: Route, request: HttpRequest): Promise<HttpResponse> {
  const { dispatcher, proxy } = route
  const { method, url, headers, body, deadlineMs, maxBytes, signal } = request
  const end = new AbortController()
  const stopped = (): void => end.abort(signal?.reason)
  let isLate = false
  let isConnected = false
  // Not `AbortSignal.timeout`, which keeps what hangs on it until the deadline, long after the answer: at 160 requests a second a third of
  // the heap in use.
  const timer = setTimeout(() => {
    isLate = true
    end.abort(new Error('The deadline of the request has passed.'))
  }, deadlineMs)
  signal?.addEventListener('abort', stopped, { once: true })
  if (signal?.aborted) stopped()
  try {
    const response = await wholeResponse({
      dispatcher,
      method,
      url,
      headers: { 'accept-encoding': 'gzip', ...headers },
      body: body ?? null,
      maxBytes,
      signal: end.signal,
      onConnected() {
        isConnected = true
      },
    })
    return judged(response, request, proxy)
  } catch (error) {
    signal?.throwIfAborted()
    if (isLate) route.abandon(dispatcher)
    throw connectionFault(error, { url, deadlineMs, maxBytes, proxy, late: isLate, connected: isConnected })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stopped)
  }
}

/** The target's answer, decompressed. Throws if a proxy says that it sent the answer, or if the target expects TLS. */
function judged(packed: HttpResponse, request: HttpRequest, proxy: string | undefined): HttpResponse {
  const { status, headers, trailers } = packed
  const { url, maxBytes } = request
  // Only a proxy answers 407: the configured one, or another one on the way.
  if (status === 407 || (proxy !== undefined && isOfProxy(headers))) {
    throw proxyRefusal(status, proxy, url.origin)
  }
  const body = bodyOf(packed, maxBytes, url.origin)
  if (status === 400 && url.protocol === 'http:' && wantsTls.test(body.toString('latin1', 0, 1_000))) {
    throw fault({ fault: 'fatal', code: 'tls', message: speaksTls(url) })
  }
  const isGzip = body.length > 0 && headers['content-encoding']?.trim().toLowerCase() === 'gzip'
  const gzipped = isGzip && { gzipped: packed.body }
  const through = proxy !== undefined && isForwarded(request, proxy) && { proxy }
  return { status, headers, body, ...gzipped, ...through, ...(trailers && { trailers }) }
}

/** A proxy reads and passes on what is neither encrypted nor in a tunnel, and a broken answer of its own looks like one of the target. */
function isForwarded({ url, http2 }: HttpRequest, proxy: string): boolean {
  return url.protocol === 'http:' && !http2 && !proxy.startsWith('socks')
}

/** If the status says that the request failed, an unreadable body does not matter. */
function bodyOf({ status, headers, body }: HttpResponse, maxBytes: number, where: string): Bytes {
  try {
    return decoded(body, headers['content-encoding'] ?? 'identity', maxBytes, where)
  } catch (error) {
    if (isFault(error) && (status < 200 || status > 299)) return Buffer.alloc(0)
    throw error
  }
}

/** The answers of nginx and Apache, Go and Envoy to a request without TLS on a TLS port. */
const wantsTls =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i

/** A forwarding proxy's own answers, without one from the target: RFC 9209, and Squid's own header. */
function isOfProxy(headers: Readonly<Record<string, string>>): boolean {
  return headers['x-squid-error'] !== undefined || /;\s*error=/.test(headers['proxy-status'] ?? '')
}
