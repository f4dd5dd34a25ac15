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
import { readEndpoint } from './endpoint.ts'
import { authHeaders, authProblem, type PantherAuthOptions, secretProblem } from './panther-auth.ts'
import type { OnPantherWarning } from './panther-warning.ts'

/**
 * How to reach an HTTP source. Connection options: `ca`, `cert`, `key`, `credentials`, `serverName`, `insecure` and `proxy` of
 * `httpClient`.
 */
export interface PantherConnectionOptions extends PantherAuthOptions, HttpClientOptions, SharedHttp {
  /** The whole address that Panther shows for the HTTP source, such as `https://logs.acme.runpanther.net/http/…`. */
  readonly url: string
  /**
   * The bearer token, the value of the shared secret, the key of the HMAC, or the password; or a function that returns it and is called
   * before every request.
   *
   * After a refusal, and every 2 seconds in a pause, it is called again: another secret is used at once.
   */
  readonly secret: Secret
  /**
   * Used while Panther refuses `secret`, so that a secret can be replaced without a pause.
   * @default none
   */
  readonly secondSecret?: Secret | undefined
  /**
   * Longest time for one request in milliseconds, from connecting to the last byte of the answer.
   * @default 30_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Allows plain http to another machine, which sends secret and events unencrypted. To this machine http is always allowed.
   * @default false
   */
  readonly allowPlainHttp?: boolean | undefined
}

export interface PantherExchange {
  readonly response: HttpResponse
  /** What no message may repeat: the secret, and what was made from it. */
  readonly secrets: readonly string[]
}

export interface PantherConnection {
  readonly url: URL
  post(body: Uint8Array, gzip: boolean, signal: AbortSignal): Promise<PantherExchange>
  /** Sends no secret. */
  get(signal?: AbortSignal): Promise<HttpResponse>
  /** Rejects with the fault of a secret that cannot be read or sent. */
  checkSecret(): Promise<void>
  /** See `HttpClient.changed`. */
  readonly changed: Changed | undefined
  close(): Promise<void>
}

const unreadable = { what: 'The secret for Panther', code: 'secret_unavailable' }

/** The largest answer that is read. */
const maxAnswerBytes = 1024 * 1024

/** Throws a TypeError for an invalid address or method. */
export function pantherConnection(
  options: PantherConnectionOptions,
  onWarning?: OnPantherWarning,
): PantherConnection {
  const { timeoutMs: deadlineMs = 30_000, allowPlainHttp = false, auth = 'bearer' } = options
  const url = readEndpoint(options.url, allowPlainHttp)
  if (typeof url === 'string') throw new TypeError(`The url of Panther ${url}`)
  const problem = authProblem(options)
  if (problem) throw new TypeError(`The option ${problem.option} of Panther: ${problem.message}`)
  const secret = tellOldSecret(explainedSecret(secretsOf(options), unreadable), (message) =>
    onWarning?.({ code: 'old_credentials', message }),
  )
  const client = clientOf(options, onWarning)
  const common = { url, deadlineMs, maxBytes: maxAnswerBytes }
  const userAgent = { 'user-agent': 'asana-audit-panther-http' }

  function check(text: string): void {
    // The HTTP client's own error would quote it.
    const wrong = secretProblem(auth, text)
    if (wrong)
      throw fault({ fault: 'fatal', code: 'bad_secret', message: `The secret for Panther: ${wrong}` })
  }

  return {
    url,
    async post(body, gzip, signal) {
      let sent: Readonly<Record<string, string>> = {}
      const { answer, secret: used } = await withSecret(secret, (text) => {
        check(text)
        sent = authHeaders(options, text, body)
        const headers = {
          ...userAgent,
          'content-type': 'application/x-ndjson',
          ...(gzip && { 'content-encoding': 'gzip' }),
          ...sent,
        }
        return client.exchange({ ...common, method: 'POST', headers, body, signal })
      })
      const made = Object.values(sent).map((value) => value.slice(value.indexOf(' ') + 1))
      return { response: answer, secrets: [used, ...made] }
    },
    get: (signal) => client.exchange({ ...common, method: 'GET', headers: userAgent, signal }),
    async checkSecret() {
      check(typeof secret === 'string' ? secret : await secret())
    },
    changed: client.changed,
    close: client.close,
  }
}

/** The secret, and the second one if there is one. `onUse` hears which of the two has come into use. */
export function secretsOf(
  { secret, secondSecret }: Pick<PantherConnectionOptions, 'secret' | 'secondSecret'>,
  onUse?: (inUse: 'first' | 'second') => void,
): Secret {
  const first = checkedSecret(secret)
  return secondSecret === undefined
    ? first
    : rotatingSecret({ first, second: checkedSecret(secondSecret), onUse })
}

/** Throws a TypeError if it is not a secret, as can happen in plain JavaScript. */
function checkedSecret(secret: Secret): Secret {
  if (typeof secret === 'string' || typeof secret === 'function') return secret
  throw new TypeError('The secret for Panther is missing. Give its text, or a function that returns it.')
}
