import type { Bytes } from '../bytes.ts'

/** In a separate file: public types use it, and must not need undici's types. */
export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed, if it comes from an `HttpClient`. */
  readonly body: Bytes
  /** The body as it came, where that was gzip: smaller to hold. */
  readonly gzipped?: Bytes | undefined
  /**
   * The proxy that passed the request on, without credentials: it may have sent this answer itself. Left out: the answer is the target's
   * own, sent straight or through a tunnel.
   */
  readonly proxy?: string | undefined
  /** What came after the body, with names as in `headers`. Left out: nothing. */
  readonly trailers?: Readonly<Record<string, string>> | undefined
}
