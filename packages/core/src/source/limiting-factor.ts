/** What keeps a backfill from going faster. */
export type LimitingFactor = 'quota' | 'latency' | 'destination'

/** One page: how long it was waited for, how long the consumer kept it, how long asking took, and how much of that the quota. */
export interface PageTimes {
  readonly waitedMs: number
  readonly keptMs: number
  readonly askedMs: number
  readonly queuedMs: number
}

/** Judges by the pages of late: each counts a tenth less with every one that follows. */
export function limitingFactor(): (times: PageTimes) => LimitingFactor {
  const recent = { waitedMs: 0, keptMs: 0, askedMs: 0, queuedMs: 0 }
  return (times) => {
    for (const name of Object.keys(recent) as (keyof PageTimes)[]) {
      recent[name] = recent[name] * 0.9 + times[name]
    }
    if (recent.keptMs > recent.waitedMs) return 'destination'
    return recent.queuedMs > recent.askedMs / 2 ? 'quota' : 'latency'
  }
}
