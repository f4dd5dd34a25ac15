import { type Fault, fault } from '../../fault.ts'
import type { ReadPage } from '../pages/read-page.ts'

/** What a position remembers of earlier pages, to notice when pages come in a cycle. */
export interface Trail {
  /** Identifies an earlier page by its events. */
  readonly mark?: string | undefined
  /** Pages in a row without a newer time. */
  readonly still?: number | undefined
  /** Events in the largest page without an offset, since the last page with one. */
  readonly largest?: number | undefined
}

/** Where a reader was before a page. */
interface Reached extends Trail {
  readonly startAt?: string | undefined
  readonly newest?: string | undefined
}

/**
 * The rule of headway: each page must bring something new. Events come in the order of their time, so a page with a newer time does.
 * Among pages without a newer time, the mark moves after 1, 2, 4, 8 … of them, and so finds a cycle of any length (Brent's
 * algorithm). Throws a fatal `no_headway` for a page that came before, and `page_without_offset` if the other events of the same
 * moment cannot be read.
 */
export function trailAfter(at: Reached, page: ReadPage): Trail {
  const { mark, still = 0, largest } = at
  if (page.isEmpty) return { mark, still, largest }
  if (page.offset === undefined) {
    if (page.newest === at.startAt && isFull(page, largest)) throw withoutOffset(page)
    return { largest: Math.max(page.count, largest ?? 0) }
  }
  if (page.newest !== at.newest) return { mark: page.content, still: 0 }
  if (page.content === mark) throw sameAgain(at)
  const isDue = Number.isInteger(Math.log2(still + 1))
  return { mark: isDue ? page.content : mark, still: still + 1 }
}

/** By Asana's documentation no full page is smaller than this, unless a smaller `limit` was asked for. */
const smallestFullPage = 100

/** Whether there may be more events than fit on this page. */
function isFull({ count, limit = Number.POSITIVE_INFINITY }: ReadPage, largest: number | undefined): boolean {
  return count >= limit || (count > 1 && count >= (largest ?? smallestFullPage))
}

function sameAgain({ newest }: Reached): Fault {
  const message =
    `Asana answers with a page that came before${newest === undefined ? '' : `, at ${newest}`}: reading makes no progress. ` +
    'Something between you and Asana, or a wrong base URL, may drop the query of a request. Check both. The position stays where it is.'
  return fault({ fault: 'fatal', code: 'no_headway', message })
}

function withoutOffset({ count, newest }: ReadPage): Fault {
  const message =
    `Asana sent ${count} events of ${newest} and no offset to continue. If there are more events of that same moment, they cannot be read. ` +
    'Ask for larger pages (limit), or check whether something between you and Asana drops `next_page`. The position stays where it is.'
  return fault({ fault: 'fatal', code: 'page_without_offset', message })
}
