import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { type Fault, fault } from './fault.ts'
import { gunzip } from './gzip.ts'
import { noProxyAddress, proxyAddress } from './proxy-address.ts'
import { TooLarge, wholeResponse } from './whole-response.ts'

export interface HttpClientOptions {
  /** PEM certificates to trust instead of Node's own list. */
  readonly ca?: string | readonly string[] | undefined
  /** PEM client certificate and its key, for servers that ask for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name the server's certificate must be made out to, where that is not the host of the URL. */
  readonly serverName?: string | undefined
  /**
   * Proxy addresses by the scheme of the target, and the hosts to reach directly (the `NO_PROXY` form). One without a scheme is
   * http; what is no address is refused at once (`bad_proxy`).
   */
  readonly proxy?:
    | { http?: string | undefined; https?: string | undefined; none?: string | undefined }
    | undefined
  /** Accepts any certificate. For a test stack only; callers must say so loudly. */
  readonly insecure?: boolean | undefined
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly deadlineMs: number
  /** Most bytes of the answer, after decompression. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

/** A `Buffer` where Node's types are, and where they are not, what it is besides: our types ask nobody to have `@types/node`. */
export type Bytes = typeof globalThis extends { Buffer: { prototype: infer B } } ? B : Uint8Array

export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed. */
  readonly body: Bytes
}

export interface HttpClient {
  /**
   * One exchange: no retry, no redirect followed, any status resolves. Rejects with a fault whose code is one of
   * `timeout`, `dns`, `connection_refused`, `connection_lost`, `network`, `response_too_large` (temporary) or `tls` (fatal),
   * or with `signal.reason` once aborted.
   */
  exchange(request: HttpRequest): Promise<HttpResponse>
  close(): Promise<void>
}

/** Connections are kept alive and shared by all exchanges of one client. */
export function httpClient(options: HttpClientOptions = {}): HttpClient {
  const { http, https } = dispatchersFor(options)
  return {
    exchange: (request) => exchange(request.url.protocol === 'https:' ? https : http, request),
    close: async () => {
      await Promise.all([...new Set([http, https])].map((dispatcher) => dispatcher.destroy()))
    },
  }
}

interface Dispatchers {
  readonly http: Dispatcher
  readonly https: Dispatcher
}

function dispatchersFor({ ca, cert, key, serverName, proxy, insecure }: HttpClientOptions): Dispatchers {
  const trust = {
    ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    ...(insecure && { rejectUnauthorized: false }),
  }
  const tls = {
    ...trust,
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
  }
  // The deadline of each exchange is the only clock; undici's own timers would cut slow answers short of it.
  const shared = { headersTimeout: 0, bodyTimeout: 0, connect: { ...tls, timeout: 0 } }
  const direct = new Agent(shared)
  // One for each scheme: undici would send https targets through the proxy for http when there is no other. And empty
  // strings, not undefined: undefined would make it read the process environment.
  const through = (address: string | undefined): Dispatcher =>
    address
      ? new EnvHttpProxyAgent({
          ...shared,
          requestTls: tls,
          proxyTls: trust,
          httpProxy: checkedProxy(address),
          httpsProxy: '',
          noProxy: proxy?.none ?? '',
        })
      : direct
  return { http: through(proxy?.http), https: through(proxy?.https) }
}

/** Before undici sees it, whose errors quote it with its password. */
function checkedProxy(text: string): string {
  const address = proxyAddress(text)
  if (address === undefined) throw fault({ fault: 'fatal', code: 'bad_proxy', message: noProxyAddress })
  return address
}

async function exchange(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, maxBytes, signal } = request
  const deadline = AbortSignal.timeout(request.deadlineMs)
  try {
    const response = await wholeResponse({
      dispatcher,
      method,
      url,
      headers: { 'accept-encoding': 'gzip', ...headers },
      body: body ?? null,
      maxBytes,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    const answer = flatten(response.headers)
    return {
      status: response.status,
      headers: answer,
      body: answer['content-encoding'] === 'gzip' ? gunzip(response.body, maxBytes) : response.body,
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw classify(error, request, deadline)
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

const refusedConnection = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])
const lostConnection = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|EPROTO$|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/

function classify(error: unknown, { url, deadlineMs, maxBytes }: HttpRequest, deadline: AbortSignal): Fault {
  // Only origin and code: the path may hold an offset, and messages of lower layers may quote headers.
  const where = url.origin
  const code = innermostCode(error)
  const temporary = (name: string, message: string): Fault =>
    fault({ fault: 'temporary', code: name, message, cause: code || undefined })
  if (deadline.aborted) return temporary('timeout', `${where} did not answer within ${deadlineMs} ms.`)
  if (error instanceof TooLarge) {
    return temporary('response_too_large', `The answer of ${where} is larger than ${maxBytes} bytes.`)
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return temporary('dns', `The name ${url.hostname} cannot be resolved (${code}). Check the address.`)
  }
  if (tlsCodes.test(code)) {
    const message = `No trusted TLS connection to ${where} (${code}). Check the address, or name the CA's certificate.`
    return fault({ fault: 'fatal', code: 'tls', message, cause: code })
  }
  if (refusedConnection.has(code)) {
    return temporary('connection_refused', `Nothing accepts connections at ${where} (${code}).`)
  }
  if (lostConnection.has(code)) {
    return temporary(
      'connection_lost',
      `The connection to ${where} broke before the answer was complete (${code}).`,
    )
  }
  return temporary('network', `The exchange with ${where} failed (${code || 'no code'}).`)
}

/** A happy-eyeballs failure is an AggregateError, a proxy's has its cause inside. */
function innermostCode(error: unknown, depth = 0): string {
  const own = codeOf(error)
  const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown }
  const inner = Array.isArray(errors) ? errors[0] : cause
  return (inner && depth < 5 && innermostCode(inner, depth + 1)) || own
}
