import { parseMillis } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { pageData } from '../asana/audit-log-page.ts'
import { systemClock } from '../clock.ts'
import { millisOf } from '../event-time.ts'
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
const lateMs = 7 * 86_400_000

/** Reckons from the oldest page and from that of a week ago: organisations grow, and an old log says little about today's. */
export async function backlogSize(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<BacklogSize> {
  const { clock = systemClock, since } = options
  const ask = (startAt: string | undefined, offset?: string): Promise<Page> =>
    retry((timeUp) => page(options, { startAt, offset }, anySignal(retryPolicy.signal, timeUp)), {
      ...retryPolicy,
      part: 'source',
      clock,
    })
  const oldest = await ask(since)
  const now = oldest.date ?? clock.now()
  const from = millisOf(since) ?? timeOf(oldest.data[0]) ?? now
  const size = oldest.data.length
  if (size === 0 || oldest.offset === undefined || from >= now) return { now, pages: 1 }
  const next = await ask(since, oldest.offset)
  if (!next.isRefused && next.data.length === 0) return { now, pages: 1 }
  const recentFrom = Math.max(from, now - lateMs)
  const recent = await ask(new Date(recentFrom).toISOString())
  // Where nothing happened for a week, little happens at all; and windows are of no use with a server that knows no time.
  const knowsTime = (timeOf(recent.data[0]) ?? recentFrom) >= recentFrom
  if ((recent.data.length === 0 && !recent.isRefused) || !knowsTime) return { now, pages: 1 }
  const spanMs = now - from
  const byOldest = (2 * spanMs) / Math.max(1, (timeOf(next.data.at(-1)) ?? now) - from)
  const isFull = recent.data.length >= size
  const coveredMs = isFull ? Math.max(1, (timeOf(recent.data.at(-1)) ?? now) - (now - lateMs)) : lateMs
  const byRecent = ((recent.data.length / size) * spanMs) / coveredMs
  return { now, pages: Math.max(byOldest, byRecent) }
}

interface Page {
  readonly data: readonly unknown[]
  readonly offset: string | undefined
  readonly date: number | undefined
  readonly isRefused: boolean
}

async function page(
  options: AsanaSourceOptions,
  at: { readonly startAt: string | undefined; readonly offset: string | undefined },
  signal: AbortSignal | undefined,
): Promise<Page> {
  try {
    const raw = await pageWithinCap(options, at, undefined, signal)
    return { data: pageData(raw), offset: raw.offset, date: raw.date, isRefused: false }
  } catch (error) {
    // Whether there is a second page then stays open, and the lanes can do with either.
    if (isOffsetRefused(error)) return { data: [], offset: undefined, date: undefined, isRefused: true }
    throw error
  }
}

function timeOf(event: unknown): number | undefined {
  const { created_at: at } = (event ?? {}) as { created_at?: unknown }
  return typeof at === 'string' ? parseMillis(at) : undefined
}
