import { type AuditLogEvent, parseMillis } from '@asana-audit/schema'
import type { AsanaPosition } from './asana-position.ts'
import type { Batch, Cursor } from './contract.ts'
import { isOffsetRefused, type PageReader } from './page-reader.ts'

export interface SettledWindow {
  /** Milliseconds since 1970: from, and before. */
  readonly from: number
  readonly until: number
  /** Where the reader stays meanwhile. */
  readonly cursor: Cursor
}

/**
 * What lies behind a reader, read once more by time: whether an event that arrives late shows up behind an offset that has
 * passed its time is not documented, and delays of up to 30 minutes are reported. Returns Asana's clock as of its last
 * answer, or undefined if it could not be read to its end and has to come again.
 */
export async function* settledWindow(
  reader: PageReader,
  { from, until, cursor }: SettledWindow,
): AsyncGenerator<Batch<AuditLogEvent>, number | undefined> {
  const endAt = new Date(until).toISOString()
  let at: AsanaPosition = { startAt: new Date(from).toISOString() }
  // Ids from before the window may be forgotten, so what a server sends beyond what it was asked for is left alone.
  const isWithin = (createdAt: unknown): boolean => {
    const time = typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
    return time === undefined || (time >= from && time < until)
  }
  for (;;) {
    try {
      const { isEmpty, offset, events, refused, bytes, serverNow } = await reader.read(at, endAt)
      if (!isEmpty) {
        yield {
          events: events.filter((event) => isWithin(event.created_at)),
          refused: refused.filter(({ raw }) =>
            isWithin((raw as { created_at?: unknown } | null)?.created_at),
          ),
          cursor,
          bytes,
          reread: 'late',
        }
      }
      if (isEmpty || offset === undefined) return serverNow
      at = { ...at, offset }
    } catch (error) {
      // The whole window is read again at its next turn, so there is nothing to heal.
      if (isOffsetRefused(error)) return undefined
      throw error
    }
  }
}
