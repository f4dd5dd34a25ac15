import { type AuditLogEvent, parseMillis } from '@asana-audit/schema'
import { type AsanaPosition, mostHealings } from './asana-position.ts'
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
 * passed its time is not documented, and delays of up to 30 minutes are reported. Begins again where an offset is refused:
 * there may be no other turn.
 */
export async function* settledWindow(
  reader: PageReader,
  { from, until, cursor }: SettledWindow,
): AsyncGenerator<Batch<AuditLogEvent>, void> {
  const endAt = new Date(until).toISOString()
  const start: AsanaPosition = { startAt: new Date(from).toISOString() }
  let at = start
  let healings = 0
  // Ids from before the window may be forgotten, so what a server sends beyond what it was asked for is left alone.
  const isWithin = (createdAt: unknown): boolean => {
    const time = typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
    return time === undefined || (time >= from && time < until)
  }
  for (;;) {
    try {
      const { isEmpty, offset, events, refused, bytes } = await reader.read(at, endAt)
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
      if (isEmpty || offset === undefined) return
      at = { ...at, offset }
    } catch (error) {
      if (!isOffsetRefused(error) || healings === mostHealings) throw error
      healings += 1
      at = start
    }
  }
}
