import { type Clock, type HttpClientOptions, type HttpResponse, httpClient } from '@asana-audit/core'
import {
  anyChange,
  type Changed,
  explainedSecret,
  systemClock,
  watchedSecret,
  withSecret,
} from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from '../archive-warning.ts'
import { sha256 } from '../sha256.ts'
import { mostObjectBytes } from '../store/too-large.ts'
import { accessAsSecret, accessOf, type S3Access, type S3AccessReader } from './access/s3-access.ts'
import { readS3Error } from './s3-fault.ts'
import { signedHeaders, type UnsignedRequest } from './sign-request.ts'

export interface S3ConnectionOptions extends HttpClientOptions {
  /**
   * `{ accessKeyId, secretAccessKey, sessionToken? }`, or a function that returns it and is called before every request.
   *
   * After a refusal, and every 2 seconds in a pause, it is called again: another key is used at once.
   */
  readonly access: S3Access | S3AccessReader
  /**
   * Longest time for one request in milliseconds, from connecting to the last byte of the answer.
   * @default 60_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

export interface S3Request extends Omit<UnsignedRequest, 'bodySha256'> {
  readonly body?: Uint8Array | undefined
}

export interface S3Exchange {
  readonly response: HttpResponse
  /** What no message may repeat. */
  readonly secrets: readonly string[]
}

export interface S3Connection {
  send(request: S3Request, signal?: AbortSignal): Promise<S3Exchange>
  readonly changed: Changed | undefined
  readonly clock: Clock
  close(): Promise<void>
}

const unreadable = { what: 'The key for the object store', code: 'access_unavailable' }
const outdated = new Set(['ExpiredToken', 'InvalidToken', 'TokenRefreshRequired'])

export function s3Connection(
  options: S3ConnectionOptions,
  region: string,
  onWarning?: OnArchiveWarning,
): S3Connection {
  const { access, timeoutMs: deadlineMs = 60_000, clock = systemClock } = options
  const { read, changed } = watchedSecret(explainedSecret(accessAsSecret(access), unreadable), clock)
  const client = httpClient(options, onWarning)

  return {
    async send({ method, url, headers, body }, signal) {
      const bodySha256 = sha256(body ?? '')
      const { answer, secret } = await withSecret(read, async (text) => {
        const signed = await signedHeaders(
          { method, url, headers, bodySha256 },
          accessOf(text),
          region,
          clock.now(),
        )
        const request = { method, url, headers: signed, body, deadlineMs, maxBytes: mostObjectBytes, signal }
        const response = await client.exchange(request)
        // An expired token is a 400, and yet another key may be there.
        const isOutdated = response.status === 400 && outdated.has(readS3Error(response.body)?.code ?? '')
        return { response, status: isOutdated ? 401 : response.status }
      })
      const { secretAccessKey, sessionToken = '' } = accessOf(secret)
      return { response: answer.response, secrets: [secretAccessKey, sessionToken] }
    },
    changed: anyChange(changed, client.changed),
    clock,
    close: client.close,
  }
}
