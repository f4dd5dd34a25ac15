/** In milliseconds. `median` and `p99` are rounded up, by a tenth at most. */
export interface DelaySummary {
  readonly median: number
  readonly p99: number
  readonly most: number
}

/** Counts delays in buckets, so that it needs little memory however many there are. */
export interface DelaySpread {
  add(delaysMs: readonly number[]): void
  /** Sums up the delays so far; undefined if there were none. */
  sum(): DelaySummary | undefined
  /** Sums up the delays so far, and forgets them. */
  take(): DelaySummary | undefined
}

/** Each bucket reaches this many times as far as the one before. */
const width = 1.1

export function delaySpread(): DelaySpread {
  let counts = new Map<number, number>()
  let count = 0
  let most = 0

  /** At least this share of the delays is not longer. */
  function within(share: number): number {
    let left = Math.ceil(count * share)
    for (const [bucket, delays] of [...counts].sort(([a], [b]) => a - b)) {
      left -= delays
      if (left <= 0) return Math.min(Math.ceil(width ** bucket), most)
    }
    return most
  }

  function sum(): DelaySummary | undefined {
    return count === 0 ? undefined : { median: within(0.5), p99: within(0.99), most }
  }

  return {
    add(delaysMs) {
      for (const ms of delaysMs) {
        const bucket = ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(width))
        counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
        most = Math.max(most, ms)
      }
      count += delaysMs.length
    },
    sum,
    take() {
      const summary = sum()
      counts = new Map()
      count = 0
      most = 0
      return summary
    },
  }
}
