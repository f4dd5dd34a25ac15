import { fault, type HttpClientOptions, type HttpResponse } from '@asana-audit/core'
import {
  type Changed,
  clientOf,
  explainedSecret,
  rotatingSecret,
  type Secret,
  type SharedHttp,
  tellOldSecret,
  withSecret,
} from '@asana-audit/core/sink-kit'
import { readEndpoint } from './settings/endpoint.ts'
import type { OnHecWarning } from './settings/hec-warning.ts'

/**
 * How to reach a collector. Connection options: `ca`, `cert`, `key`, `credentials`, `serverName`, `insecure` and `proxy` of
 * `httpClient`.
 */
export interface HecConnectionOptions extends HttpClientOptions, SharedHttp {
  /** The address, such as `https://splunk.example.com:8088`, with or without `/services/collector/event`. */
  readonly url: string
  /**
   * The token alone, or a function that returns it and is called before every request.
   *
   * After a refusal, and every 2 seconds in a pause, it is called again: another token is used at once.
   */
  readonly token: Secret
  /**
   * Used while the collector refuses `token`, so that a token can be replaced without a pause.
   * @default none
   */
  readonly secondToken?: Secret | undefined
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
  /** See `HttpClient.changed`. */
  readonly changed: Changed | undefined
  close(): Promise<void>
}

const unreadable = { what: 'The Splunk HEC token', code: 'token_unavailable' }

/** The largest answer that is read; answers of the collector have a few hundred bytes. */
const maxAnswerBytes = 1024 * 1024

/** Throws a TypeError for an invalid address. */
export function hecConnection(options: HecConnectionOptions, onWarning?: OnHecWarning): HecConnection {
  const { timeoutMs: deadlineMs = 30_000, allowPlainHttp = false } = options
  const url = readEndpoint(options.url, allowPlainHttp)
  if (typeof url === 'string') throw new TypeError(`The url of Splunk HEC ${url}`)
  const token = tellOldSecret(explainedSecret(tokensOf(options), unreadable), (message) =>
    onWarning?.({ code: 'old_credentials', message }),
  )
  const client = clientOf(options, onWarning)
  const common = { deadlineMs, maxBytes: maxAnswerBytes }
  const userAgent = { 'user-agent': 'asana-audit-splunk-hec' }
  return {
    url,
    async post({ url: target = url, channel, cookie, body, gzip, signal }) {
      const { answer, secret } = await withSecret(token, (text) => {
        checkToken(text)
        const headers = {
          ...userAgent,
          authorization: `Splunk ${text}`,
          'content-type': 'application/json',
          'x-splunk-request-channel': channel,
          ...(cookie !== undefined && { cookie }),
          ...(gzip && { 'content-encoding': 'gzip' }),
        }
        return client.exchange({ ...common, method: 'POST', url: target, headers, body, signal })
      })
      return { response: answer, token: secret }
    },
    get: (target, signal) =>
      client.exchange({ ...common, method: 'GET', url: target, headers: userAgent, signal }),
    changed: client.changed,
    close: client.close,
  }
}

/** The token, and the second one if there is one. `onUse` hears which of the two has come into use. */
export function tokensOf(
  { token, secondToken }: Pick<HecConnectionOptions, 'token' | 'secondToken'>,
  onUse?: (inUse: 'first' | 'second') => void,
): Secret {
  const first = checkedToken(token)
  return secondToken === undefined
    ? first
    : rotatingSecret({ first, second: checkedToken(secondToken), onUse })
}

/** Throws a TypeError if it is not a token, as can happen in plain JavaScript. */
function checkedToken(token: Secret): Secret {
  if (typeof token === 'string' || typeof token === 'function') return token
  throw new TypeError('The token of Splunk HEC is missing. Give its text, or a function that returns it.')
}

function checkToken(token: string): void {
  // Anything else cannot be sent in a header, and the HTTP client's error would quote it.
  if (/^[\x21-\x7e]+$/.test(token)) return
  const message =
    'The Splunk HEC token is empty, or holds spaces or control characters. Give only the token, without the word Splunk.'
  throw fault({ fault: 'fatal', code: 'bad_token', message })
}
