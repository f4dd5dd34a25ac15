import type { AsanaSourceOptions } from '@asana-audit/core'
import { retentionMs } from '@asana-audit/core/backlog'
import { filterMatcher } from '@asana-audit/core/config'
import { openStart } from '@asana-audit/core/ledger'
import { parseAuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf, rawEventTime } from '@asana-audit/schema/lossless'
import type { Samples } from './backfill-samples.ts'
import { type BackfillTime, deletedBefore } from './backfill-time.ts'

/** An estimate of a backfill, from samples. */
export interface BackfillPlan {
  /** RFC 3339. */
  readonly since: string
  readonly until: string
  /** RFC 3339: events before this were asked for, but are deleted. Absent if there are none. */
  readonly deletedBefore?: string
  readonly events: number
  readonly requests: number
  /** The size of Asana's answers, decompressed. */
  readonly bytes: number
  readonly seconds: number
  readonly limitedBy: 'quota' | 'latency'
  /** How many pages were read as samples. */
  readonly samples: number
}

export interface PlanOptions {
  readonly asana: AsanaSourceOptions
  /** The time range to read at Asana's current time, which is in milliseconds since 1970. Throws if nothing is left to read. */
  readonly time: (now: number) => BackfillTime
  readonly requestsPerMinute: number
  readonly samples: Samples
}

/** Enough to include nights, weekends and quiet months. Each sample is one request. */
const sampleCount = 24
/** `asanaBackfill` reads this many windows at once, which add a tenth to the requests that the pages alone would take. */
const windows = 8
const windowCost = 1.1

/** Reads a page from each of 24 parts of the time range and estimates the rest. Rejects with the fault of a request. */
export async function planBackfill({
  asana,
  time,
  requestsPerMinute,
  samples,
}: PlanOptions): Promise<BackfillPlan> {
  const now = await samples.now(asana)
  const wanted = time(now)
  const gone = deletedBefore(wanted, now)
  const end = millisAt(wanted.until)
  const start = Math.max(now - retentionMs, millisOf(wanted.since) ?? openStart)
  const part = (end - start) / sampleCount
  const found = await Promise.all(
    Array.from({ length: sampleCount }, (_, index) => {
      const from = start + index * part
      // A different hour of the day each time, or all samples could be from midnight.
      const at = from + ((index * 7) % sampleCount) * (part / sampleCount / 2)
      return sample(samples, asana, at, from + part)
    }),
  )
  const total = Math.round(found.reduce((sum, { density }) => sum + density * part, 0))
  const events = Math.round(found.reduce((sum, { density, share }) => sum + density * share * part, 0))
  const pageSize = Math.max(1, ...found.map(({ count }) => count))
  const read = found.reduce((sum, { count }) => sum + count, 0)
  const bytes = read === 0 ? 0 : Math.round((found.reduce((sum, one) => sum + one.bytes, 0) / read) * total)
  const requests = Math.ceil((total / pageSize) * windowCost) + windows
  const latencyMs = found.map(({ ms }) => ms).toSorted((a, b) => a - b)[sampleCount / 2] ?? 0
  const [byQuota, byLatency] = [(requests / requestsPerMinute) * 60, (requests * latencyMs) / windows / 1_000]
  return {
    since: new Date(start).toISOString(),
    until: new Date(end).toISOString(),
    ...(gone !== undefined && { deletedBefore: gone }),
    ...{ events, requests, bytes, samples: sampleCount },
    seconds: Math.ceil(Math.max(byQuota, byLatency)),
    limitedBy: byQuota >= byLatency ? 'quota' : 'latency',
  }
}

interface Sample {
  readonly count: number
  /** The share of them that passes the filters Asana does not have. */
  readonly share: number
  readonly bytes: number
  /** Events per millisecond. */
  readonly density: number
  /** How long Asana took. */
  readonly ms: number
}

async function sample(
  samples: Samples,
  asana: AsanaSourceOptions,
  from: number,
  until: number,
): Promise<Sample> {
  const { data, bytes, ms } = await samples.page(asana, from, until)
  const last = rawEventTime(data.at(-1))
  // A short page holds all events of its part. A full page covers the time up to its last event.
  const covered = data.length < 10 || last === undefined ? until - from : Math.max(1, last - from)
  const isAskedFor = filterMatcher(asana.filters)
  const wanted = data.filter((raw) => {
    const parsed = parseAuditLogEvent(raw)
    return 'reason' in parsed || isAskedFor(parsed.event)
  })
  const share = wanted.length / Math.max(1, data.length)
  return { count: data.length, share, bytes, density: data.length / covered, ms }
}
