import type { AuditLogEvent } from '@asana-audit/schema'
import { rawEventTime } from '@asana-audit/schema/lossless'
import type { Batch, Cursor } from '../contract.ts'
import { minuteMs } from '../duration.ts'
import type { Healing } from './healing.ts'
import type { PageReader } from './page-reader.ts'
import type { ReadPage } from './pages/read-page.ts'
import { type AsanaPosition, following, isLast } from './position/asana-position.ts'

/** Readers that share pages read the same range again at about the same time. Older answers would delay the finding of late events. */
const mostAgeMs = minuteMs

export interface SettledWindow {
  /** Milliseconds since 1970. */
  readonly from: number
  /** Milliseconds since 1970, exclusive. */
  readonly until: number
  /** The reader's position, which does not move during the re-read. */
  readonly cursor: Cursor
  /** The healing of this re-read alone. It needs no overlap, because all of this was read before. */
  readonly heal: Healing
}

/**
 * Reads a time range again that a reader has already passed. It is not documented whether an offset still returns an event that
 * appears late, after the offset has passed its time; delays of up to 30 minutes are reported.
 *
 * Returns how long before we wanted it the oldest page was requested, in milliseconds: events that appeared since are not in that page.
 */
export async function* settledWindow(
  reader: PageReader,
  { from, until, cursor, heal }: SettledWindow,
): AsyncGenerator<Batch<AuditLogEvent>, number> {
  const endAt = new Date(until).toISOString()
  let at: AsanaPosition = { startAt: new Date(from).toISOString() }
  // The state may have forgotten ids from before the window, so events outside it are ignored.
  const isWithin = (raw: unknown): boolean => {
    const time = rawEventTime(raw)
    return time === undefined || (time >= from && time < until)
  }
  let heldMs = 0
  for (;;) {
    let page: ReadPage
    try {
      page = await reader.read(at, endAt, ({ ageMs }) => ageMs < mostAgeMs)
      heal.passed(at, page)
    } catch (error) {
      at = await heal.after(error, at)
      continue
    }
    const { isEmpty, events, malformed, bytes, readBy, receivedAt } = page
    heldMs = Math.max(heldMs, page.heldMs)
    const isOver = isLast(at, page)
    at = following(at, page)
    if (!isEmpty) {
      yield {
        events: events.filter(isWithin),
        malformed: malformed.filter(({ raw }) => isWithin(raw)),
        cursor,
        bytes,
        readBy,
        receivedAt,
        reread: 'late',
      }
    }
    if (isOver) return heldMs
  }
}
