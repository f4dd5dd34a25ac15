import type { LimitingFactor } from '../../fact.ts'

/** The times of one page: the wait for it, how long the consumer kept it, the request, and the part of that spent waiting for the quota. */
export interface PageTimes {
  readonly waitedMs: number
  readonly keptMs: number
  readonly askedMs: number
  readonly queuedMs: number
}

/** Judges by recent pages: the weight of each page falls by a tenth with every later one. */
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
