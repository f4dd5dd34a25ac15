import { fault, type HttpClientOptions, type HttpResponse, httpClient, isFault } from '@asana-audit/core'
import type { Secret } from '@asana-audit/core/sink-kit'
import { readEndpoint } from './settings/endpoint.ts'

/**
 * How to reach a collector. Connection options: `ca`, `cert`, `key`, `serverName`, `insecure` and `proxy` of
 * `httpClient`.
 */
export interface HecConnectionOptions extends HttpClientOptions {
  /** The address, such as `https://splunk.example.com:8088`, with or without `/services/collector/event`. */
  readonly url: string
  /**
   * The token alone, or a function that returns it and is called before every request.
   *
   * During a pause the function is called every 2 seconds: a new token ends the pause.
   */
  readonly token: Secret
  /**
   * Longest time for one request in milliseconds, from connecting to the last byte of the answer.
   * @default 30_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Allows plain http to another machine, which sends the token unencrypted. To this machine http is always allowed.
   * @default false
   */
  readonly allowPlainHttp?: boolean | undefined
}

export interface HecRequest {
  /**
   * Where to send it.
   * @default the event endpoint
   */
  readonly url?: URL | undefined
  /** A GUID. Tokens that need none ignore it. */
  readonly channel: string
  /** For the `Cookie` header. */
  readonly cookie?: string | undefined
  readonly body: Uint8Array
  readonly gzip: boolean
  readonly signal?: AbortSignal | undefined
}

export interface HecExchange {
  readonly response: HttpResponse
  /** The token that was sent. No message may repeat it. */
  readonly token: string
}

export interface HecConnection {
  /** Ends in `/services/collector/event`. */
  readonly url: URL
  post(request: HecRequest): Promise<HecExchange>
  /** Sends neither token nor channel. */
  get(url: URL, signal?: AbortSignal): Promise<HttpResponse>
  close(): Promise<void>
}

/** The largest answer that is read; answers of the collector have a few hundred bytes. */
const maxAnswerBytes = 1024 * 1024

/** Throws a TypeError for an invalid address. */
export function hecConnection(options: HecConnectionOptions): HecConnection {
  const { timeoutMs: deadlineMs = 30_000, allowPlainHttp = false } = options
  const url = readEndpoint(options.url, allowPlainHttp)
  if (typeof url === 'string') throw new TypeError(`The url of Splunk HEC ${url}`)
  checkedToken(options.token)
  const client = httpClient(options)
  const common = { deadlineMs, maxBytes: maxAnswerBytes }
  const userAgent = { 'user-agent': 'asana-audit-splunk-hec' }
  return {
    url,
    async post({ url: target = url, channel, cookie, body, gzip, signal }) {
      const token = await readToken(options.token)
      const headers = {
        ...userAgent,
        authorization: `Splunk ${token}`,
        'content-type': 'application/json',
        'x-splunk-request-channel': channel,
        ...(cookie !== undefined && { cookie }),
        ...(gzip && { 'content-encoding': 'gzip' }),
      }
      const response = await client.exchange({
        ...common,
        method: 'POST',
        url: target,
        headers,
        body,
        signal,
      })
      return { response, token }
    },
    get: (target, signal) =>
      client.exchange({ ...common, method: 'GET', url: target, headers: userAgent, signal }),
    close: client.close,
  }
}

/** Throws a TypeError if it is not a token, as can happen in plain JavaScript. */
export function checkedToken(token: Secret): Secret {
  if (typeof token === 'string' || typeof token === 'function') return token
  throw new TypeError('The token of Splunk HEC is missing. Give its text, or a function that returns it.')
}

async function readToken(token: HecConnectionOptions['token']): Promise<string> {
  const text = typeof token === 'function' ? await ask(token) : token
  // Anything else cannot be sent in a header, and the HTTP client's error would quote it.
  if (/^[\x21-\x7e]+$/.test(text)) return text
  const message =
    'The Splunk HEC token is empty, or holds spaces or control characters. Give only the token, without the word Splunk.'
  throw fault({ fault: 'fatal', code: 'bad_token', message })
}

async function ask(token: () => string | Promise<string>): Promise<string> {
  try {
    return await token()
  } catch (error) {
    if (isFault(error)) throw error
    const message = 'The Splunk HEC token could not be read; the cause says why.'
    throw fault({ fault: 'temporary', code: 'token_unavailable', message, cause: error })
  }
}
