import type { Bytes } from './bytes.ts'

/** Apart from what makes it: public types name it, and must not need those of undici. */
export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed, once it comes out of a client. */
  readonly body: Bytes
}
