import type { Bytes } from '../http/bytes.ts'
import { gunzip } from '../http/gzip.ts'
import type { FetchedPage } from './page-reader.ts'

/** A page that waits for its turn. */
export interface HeldPage {
  readonly isEmpty: boolean
  /** What it takes while it waits. */
  readonly bytes: number
  open(): FetchedPage
}

/** Held as it came where it came compressed: inflating it again costs little, and a page of events shrinks to a seventh. */
export function heldPage(page: FetchedPage): HeldPage {
  const { body, gzipped, ...rest } = page
  if (gzipped === undefined) return openPage(page)
  const { length } = body
  return {
    isEmpty: page.isEmpty,
    bytes: gzipped.length,
    open() {
      let inflated: Bytes | undefined
      return {
        ...rest,
        // Only when it is looked at: what another pipeline has parsed already is not inflated again.
        get body() {
          inflated ??= gunzip(gzipped, length)
          return inflated
        },
      }
    },
  }
}

/** Held ready to be parsed: its turn is next. */
export function openPage(page: FetchedPage): HeldPage {
  return { isEmpty: page.isEmpty, bytes: page.body.length, open: () => page }
}
