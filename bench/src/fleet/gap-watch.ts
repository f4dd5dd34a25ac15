/** How long tenants went without a poll, in seconds. */
export interface Gaps {
  readonly medianGap: number
  readonly highGap: number
  readonly mostGap: number
}

export interface GapWatch {
  /** `at`: milliseconds of a clock that only goes forward. */
  polled(tenant: number, at: number): void
  /** Forgets the gaps that have ended. */
  reset(): void
  /** Of those that ended since `reset`, and of those that are open at `now` and longer than all others of their tenant. */
  gaps(now: number): Gaps
}

/** The 50th and 99th percentile and the most are over all gaps, so a tenant that stands still counts once, and shows in the most. */
export function gapWatch(tenants: number): GapWatch {
  const last = new Float64Array(tenants).fill(Number.NaN)
  let ended: number[] = []
  return {
    polled(tenant, at) {
      const before = last[tenant]!
      if (!Number.isNaN(before)) ended.push(at - before)
      last[tenant] = at
    },
    reset() {
      ended = []
    },
    gaps(now) {
      const sorted = Float64Array.from(ended).sort()
      const at = (share: number): number =>
        (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN) / 1_000
      const open = last.reduce((most, one) => Math.max(most, Number.isNaN(one) ? 0 : now - one), 0) / 1_000
      return { medianGap: at(0.5), highGap: at(0.99), mostGap: Math.max(at(1), open) }
    },
  }
}
