import { millisOf, rawEventTime } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { pageData } from '../asana/audit-log-page.ts'
import type { AuditLogPage } from '../asana/get-audit-log-events.ts'
import { systemClock } from '../clock.ts'
import { dayMs } from '../duration.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { isOffsetRefused, pageWithinCap } from '../source/page-reader.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'

/** What a few requests tell about a log nobody has read yet. */
export interface BacklogSize {
  /** Asana's clock in milliseconds since 1970; ours where it does not tell. */
  readonly now: number
  /** About how many pages there are. */
  readonly pages: number
}

/** Long enough to have working days in it. */
const lateMs = 7 * dayMs

/** Reckons from the oldest page and from that of a week ago: organisations grow, and an old log says little about today's. */
export async function backlogSize(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<BacklogSize> {
  const { clock = systemClock, since } = options
  const ask = <T>(attempt: (timeUp: AbortSignal) => Promise<T>): Promise<T> =>
    retry(attempt, { ...retryPolicy, part: 'source', clock })
  const pageAt =
    (startAt: string | undefined, offset?: string) =>
    async (timeUp: AbortSignal): Promise<AuditLogPage> => {
      const signal = anySignal(retryPolicy.signal, timeUp)
      const raw = await pageWithinCap(options, { startAt, offset }, undefined, signal)
      return { data: pageData(raw), offset: raw.offset, date: raw.date, bytes: raw.body.length }
    }
  const oldest = await ask(pageAt(since))
  const now = oldest.date ?? clock.now()
  const from = millisOf(since) ?? rawEventTime(oldest.data[0]) ?? now
  const size = oldest.data.length
  if (size === 0 || oldest.offset === undefined || from >= now) return { now, pages: 1 }
  const readNext = pageAt(since, oldest.offset)
  // Whether there is a second page stays open where its offset is refused, and the lanes can do with either.
  const next = await ask((timeUp) =>
    readNext(timeUp).catch((error: unknown) => {
      if (isOffsetRefused(error)) return undefined
      throw error
    }),
  )
  if (next?.data.length === 0) return { now, pages: 1 }
  const recentFrom = Math.max(from, now - lateMs)
  const recent = await ask(pageAt(new Date(recentFrom).toISOString()))
  // Where nothing happened for a week, little happens at all; and windows are of no use with a server that knows no time.
  const knowsTime = (rawEventTime(recent.data[0]) ?? recentFrom) >= recentFrom
  if (recent.data.length === 0 || !knowsTime) return { now, pages: 1 }
  const spanMs = now - from
  const byOldest = (2 * spanMs) / Math.max(1, (rawEventTime(next?.data.at(-1)) ?? now) - from)
  const isFull = recent.data.length >= size
  const coveredMs = isFull ? Math.max(1, (rawEventTime(recent.data.at(-1)) ?? now) - (now - lateMs)) : lateMs
  const byRecent = ((recent.data.length / size) * spanMs) / coveredMs
  return { now, pages: Math.max(byOldest, byRecent) }
}
