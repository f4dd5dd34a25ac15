import { type AuditLogEvent, parseMillis } from '@asana-audit/schema'
import { type AsanaPosition, encodePosition } from './asana-cursor.ts'
import type { Batch } from './contract.ts'
import { isOffsetRefused, type PageReader } from './page-reader.ts'

/**
 * What lies behind the tail, read once more by time: whether an event that arrives late shows up behind an offset that has
 * passed its time is not documented, and delays of up to 30 minutes are reported. The cursor stays where the tail is.
 * Ends at the newest event the tail has read, since what is newer is the tail's own.
 */
export async function* settledWindow(
  readPage: PageReader,
  tail: AsanaPosition,
  fromMs: number,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const newest = tail.newest === undefined ? undefined : parseMillis(tail.newest)
  if (newest === undefined || newest < fromMs) return
  const start = Math.max(fromMs, tail.startAt === undefined ? 0 : (parseMillis(tail.startAt) ?? 0))
  const endAt = new Date(newest + 1).toISOString()
  let at: AsanaPosition = { startAt: new Date(start).toISOString() }
  const cursor = encodePosition(tail)
  // Ids from before the window may be forgotten, so what a server sends beyond what it was asked for is left alone.
  const isWithin = (createdAt: unknown): boolean => {
    const time = typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
    return time === undefined || (time >= start && time <= newest)
  }
  for (;;) {
    try {
      const { page, events, refused } = await readPage(at, endAt)
      if (page.data.length > 0) {
        yield {
          events: events.filter((event) => isWithin(event.created_at)),
          refused: refused.filter(({ raw }) =>
            isWithin((raw as { created_at?: unknown } | null)?.created_at),
          ),
          cursor,
          bytes: page.bytes,
          reread: 'late',
        }
      }
      if (page.data.length === 0 || page.offset === undefined) return
      at = { ...at, offset: page.offset }
    } catch (error) {
      // The whole window is read again at its next turn, so there is nothing to heal.
      if (isOffsetRefused(error)) return
      throw error
    }
  }
}
