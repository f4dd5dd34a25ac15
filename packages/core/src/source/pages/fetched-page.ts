import type { RawPage } from '../../asana/audit-log-page.ts'
import type { Bytes } from '../../http/bytes.ts'
import { gunzip } from '../../http/gzip.ts'

/** A page as one reader got it, perhaps by the request of another pipeline. `End` is `string` in a time range that has an end. */
export interface FetchedPage<End extends string | undefined = string | undefined> extends RawPage {
  /** The range it was asked for: RFC 3339. No start: from the oldest event. The end is exclusive. */
  readonly startAt: string | undefined
  readonly endAt: End
  /** The length of the body. */
  readonly bytes: number
  /** When it arrived, in milliseconds since 1970 by our clock. */
  readonly receivedAt: number
  /** How long we waited for it in milliseconds, retries included. */
  readonly ms: number
  /** How long before we wanted it the request began: what happened in this time is not in it. 0 for our own request. */
  readonly heldMs: number
  /** The pipeline that asked for it; undefined for our own request. */
  readonly readBy: string | undefined
}

/** The memory that a page takes while it waits for its turn. */
export function waitingBytes({ gzipped, bytes }: FetchedPage): number {
  return gzipped?.length ?? bytes
}

/** A page that waits for its turn. If it came compressed, it stays so: inflating it again costs little, and it takes a seventh of the memory. */
export function waitingPage(page: FetchedPage<string>): FetchedPage<string> {
  const { body, ...rest } = page
  const { gzipped } = rest
  if (gzipped === undefined) return page
  const { length } = body
  let inflated: Bytes | undefined
  return {
    ...rest,
    // Inflated only when somebody reads it. If another pipeline has already parsed the page, nobody does.
    get body() {
      inflated ??= gunzip(gzipped, length)
      return inflated
    },
  }
}

/** A page whose turn is next: ready to be parsed. */
export function readyPage(page: FetchedPage<string>): FetchedPage<string> {
  return { ...page, gzipped: undefined }
}
