import type { Answer } from './answer.ts'
import { cached } from './cached.ts'
import type { RecentHours } from './recent-hours.ts'
import type { Status } from './status.ts'
import { select, statusPage, type Wanted } from './status-page/status-page.ts'

interface Sources {
  readonly status: () => Promise<Status>
  readonly hours: (pipelines: readonly string[]) => Promise<ReadonlyMap<string, RecentHours>>
  readonly statePath: () => string
  /** See `cached`. */
  readonly now?: () => number
}

const everyMs = 1_000
/** Different pages that are kept. Beyond that, the one that nobody has asked for the longest goes. */
const most = 32

/** The status page, made at most once a second for each name and page number that readers ask for. */
export function cachedPages({ status, hours, statePath, now }: Sources): (wanted: Wanted) => Promise<Answer> {
  const kept = new Map<string, () => Promise<Answer>>()
  return (wanted) => {
    const key = JSON.stringify(wanted)
    const page =
      kept.get(key) ??
      cached(
        everyMs,
        async () => {
          const at = await status()
          const selection = select(at, wanted)
          const shown = await hours(selection.shown.map(({ pipeline }) => pipeline))
          return statusPage({ status: at, wanted, selection, hours: shown, statePath: statePath() })
        },
        now,
      )
    // A Map keeps the order of insertion.
    kept.delete(key)
    const [oldest] = kept.keys()
    if (oldest !== undefined && kept.size >= most) kept.delete(oldest)
    kept.set(key, page)
    return page()
  }
}

/** `?q=NAME&page=2`; anything else counts as left out. */
export function wantedBy(query: URLSearchParams): Wanted {
  const page = query.get('page') ?? ''
  return { name: (query.get('q') ?? '').slice(0, 200), page: /^\d{1,6}$/.test(page) ? Number(page) : 1 }
}
