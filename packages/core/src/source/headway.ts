import { type Fault, fault } from '../fault.ts'
import type { ReadPage } from './read-page.ts'

/** What a position remembers of the pages before it, to notice when reading goes round in circles. */
export interface Trail {
  /** Names a page that came before: its events, each time they come. */
  readonly mark?: string | undefined
  /** Pages since one last brought a newer time. */
  readonly still?: number | undefined
  /** Events in the largest page that came without an offset, since one last came with it. */
  readonly largest?: number | undefined
}

/** Where a reader was before a page. */
interface Reached extends Trail {
  readonly startAt?: string | undefined
  readonly newest?: string | undefined
}

/**
 * The one rule of headway: each page gives out something new. Events come in the order of their time, so a page that brings a
 * newer time has; among others the mark moves on after 1, 2, 4, 8 … of them, and so meets a circle of whatever length (Brent's
 * algorithm). Throws a fatal `no_headway` for a page that came before, and `page_without_offset` where the rest of a moment
 * cannot be read.
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

/** Asana's documentation has no page that is smaller than this unless it was asked for. */
const smallestFullPage = 100

/** Whether there may have been more of it. */
function isFull({ count, limit = Number.POSITIVE_INFINITY }: ReadPage, largest: number | undefined): boolean {
  return count >= limit || (count > 1 && count >= (largest ?? smallestFullPage))
}

function sameAgain({ newest }: Reached): Fault {
  const message =
    `Asana answers with a page that came before${newest === undefined ? '' : `, at ${newest}`}: reading does not get on. ` +
    'Something between you and Asana, or a wrong base URL, may drop the query of a request. Check both. The position stays where it is.'
  return fault({ fault: 'fatal', code: 'no_headway', message })
}

function withoutOffset({ count, newest }: ReadPage): Fault {
  const message =
    `Asana sent ${count} events of ${newest} and no offset to go on with. Should there be more of that very moment, they cannot be read. ` +
    'Ask for larger pages (limit), or see what between you and Asana drops `next_page`. The position stays where it is.'
  return fault({ fault: 'fatal', code: 'page_without_offset', message })
}
