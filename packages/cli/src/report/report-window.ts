import { dayMs, hourMs } from '../duration.ts'
import { wallClock, type Zone } from '../query/zone.ts'

export type BucketUnit = 'hour' | 'day' | 'week' | 'month'

/** The time range of a report, divided into at most about 130 buckets. Times are in milliseconds since 1970. */
export interface ReportWindow {
  readonly since: number
  /** Exclusive. */
  readonly until: number
  /** The start of the equally long time before, for comparison. */
  readonly previousSince: number
  readonly zone: Zone
  readonly unit: BucketUnit
  /** The beginning of each bucket in local time, `2026-01-31` or `2026-01-31 08:00`. */
  readonly buckets: readonly string[]
  /** The bucket of a time inside the window. */
  readonly bucketOf: (ms: number) => number
}

export function reportWindow(since: number, until: number, zone: Zone): ReportWindow {
  const unit = unitFor(until - since)
  // Clocks are set forward and back. A step shorter than a bucket still reaches each bucket.
  const step = unit === 'hour' ? hourMs / 2 : 6 * hourMs
  const names = new Set<string>()
  for (let at = since; at < until; at += step) names.add(bucketName(at, unit, zone))
  names.add(bucketName(until - 1, unit, zone))
  const buckets = [...names]
  const indexes = new Map(buckets.map((name, index) => [name, index]))
  return {
    since,
    until,
    previousSince: since - (until - since),
    zone,
    unit,
    buckets,
    bucketOf(ms) {
      const index = indexes.get(bucketName(ms, unit, zone))
      if (index === undefined)
        throw new RangeError(`The report has no bucket for ${new Date(ms).toISOString()}.`)
      return index
    },
  }
}

function unitFor(length: number): BucketUnit {
  if (length <= 3 * dayMs) return 'hour'
  if (length <= 100 * dayMs) return 'day'
  return length <= 800 * dayMs ? 'week' : 'month'
}

function bucketName(ms: number, unit: BucketUnit, zone: Zone): string {
  const clock = wallClock(ms, zone)
  if (unit === 'hour') return `${clock.toISOString().slice(0, 13).replace('T', ' ')}:00`
  if (unit === 'week') clock.setUTCDate(clock.getUTCDate() - ((clock.getUTCDay() + 6) % 7))
  const date = clock.toISOString().slice(0, 10)
  return unit === 'month' ? `${date.slice(0, 7)}-01` : date
}
