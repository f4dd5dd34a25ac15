import type { Bytes } from './bytes.ts'

/** In a separate file: public types use it, and must not need undici's types. */
export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed, if it comes from an `HttpClient`. */
  readonly body: Bytes
  /** The body as it came, where that was gzip: smaller to hold. */
  readonly gzipped?: Bytes | undefined
  /** What came after the body, with names as in `headers`. Left out: nothing. */
  readonly trailers?: Readonly<Record<string, string>> | undefined
}
