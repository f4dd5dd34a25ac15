import { millisOf, rawEventTime } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { pageData } from '../asana/audit-log-page.ts'
import { systemClock } from '../clock.ts'
import { dayMs } from '../duration.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { isOffsetRefused, pageRequests } from '../source/page-requests.ts'
import type { FetchedPage } from '../source/pages/fetched-page.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'
import { type Moment, momentOf, shareableMs } from './moment.ts'

/** The size of a log that was not read yet, estimated with a few requests. */
export interface BacklogSize {
  readonly moment: Moment
  /** The estimated number of pages. */
  readonly pages: number
}

/** Long enough to contain working days. */
const lateMs = 7 * dayMs

/** Estimates from the oldest page and from the page of a week ago: organisations grow, so old pages say little about today. */
export async function backlogSize(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<BacklogSize> {
  const { clock = systemClock, since } = options
  const ask = <T>(attempt: (timeUp: AbortSignal) => Promise<T>): Promise<T> =>
    retry(attempt, { ...retryPolicy, part: 'source', clock })
  const requests = pageRequests(options)
  const pageAt =
    (startAt: string | undefined, offset?: string) =>
    async (timeUp: AbortSignal): Promise<FetchedPage & { readonly data: readonly unknown[] }> => {
      const signal = anySignal(retryPolicy.signal, timeUp)
      const page = await requests.ask(
        { startAt, offset },
        undefined,
        signal,
        ({ ageMs }) => ageMs < shareableMs,
      )
      return { ...page, data: pageData(page) }
    }
  const oldest = await ask(pageAt(since))
  const moment = momentOf(oldest)
  const now = moment.asana
  const from = millisOf(since) ?? rawEventTime(oldest.data[0]) ?? now
  const size = oldest.data.length
  if (size === 0 || oldest.offset === undefined || from >= now) return { moment, pages: 1 }
  const readNext = pageAt(since, oldest.offset)
  // If the offset is refused, we do not know whether there is a second page. The lanes work in both cases.
  const next = await ask((timeUp) =>
    readNext(timeUp).catch((error: unknown) => {
      if (isOffsetRefused(error)) return undefined
      throw error
    }),
  )
  if (next?.data.length === 0) return { moment, pages: 1 }
  const recentFrom = Math.max(from, now - lateMs)
  const recent = await ask(pageAt(new Date(recentFrom).toISOString()))
  // If nothing happened for a week, little happens at all. And windows are useless with a server that ignores times.
  const knowsTime = (rawEventTime(recent.data[0]) ?? recentFrom) >= recentFrom
  if (recent.data.length === 0 || !knowsTime) return { moment, pages: 1 }
  const spanMs = now - from
  const byOldest = (2 * spanMs) / Math.max(1, (rawEventTime(next?.data.at(-1)) ?? now) - from)
  const isFull = recent.data.length >= size
  const coveredMs = isFull ? Math.max(1, (rawEventTime(recent.data.at(-1)) ?? now) - (now - lateMs)) : lateMs
  const byRecent = ((recent.data.length / size) * spanMs) / coveredMs
  return { moment, pages: Math.max(byOldest, byRecent) }
}
