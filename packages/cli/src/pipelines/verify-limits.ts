import type { LaneSummary } from '@asana-audit/core'
import { backlogLeft, backlogUntil } from '@asana-audit/core/backlog'
import { type HourSpan, hourMs, hourOf, openEnd, openStart } from '@asana-audit/core/ledger'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'

/** What was left out of a comparison, and why. Times are milliseconds since 1970; without one it goes on without an end. */
export interface LeftOut {
  readonly code:
    | 'not_asked_for'
    | 'deleted_by_asana'
    | 'not_read_yet'
    | 'late_events_may_come'
    | 'nothing_delivered'
  readonly from?: number
  readonly until?: number
  /** With `nothing_delivered`: the other pipelines of the state, one of which may be meant. */
  readonly others?: readonly string[]
}

export interface VerifyWindow {
  /** Milliseconds since 1970. */
  readonly since: number | undefined
  readonly until: number | undefined
}

/** Between these, a difference is one. */
export interface Limits extends HourSpan {
  /** Why not later. */
  readonly because: 'not_read_yet' | 'late_events_may_come'
}

/** What Asana still has for certain: it deletes after 90 days, and not at midnight. */
const retainedMs = 89 * 24 * hourMs

/** Of the rows of one pipeline, `now` in milliseconds since 1970; undefined where nothing was delivered that could be compared. */
export function limitsOf(
  rows: readonly LaneSummary[],
  settledWindowMs: number,
  now: number,
): Limits | undefined {
  const newest = rows.flatMap(({ newestAt }) => millisOf(newestAt) ?? [])
  const closed = rows.filter(({ lane }) => lane === 'backlog' || lane === 'backfill')
  const left = closed.flatMap(({ cursor }) => backlogLeft(cursor) ?? [])
  // It was read to its end after late events had had their time, whenever the newest of them happened.
  const finished = closed.flatMap(({ lane, cursor, committedAt }) => {
    const until = lane === 'backfill' && !backlogLeft(cursor) ? millisOf(backlogUntil(cursor)) : undefined
    return until === undefined ? [] : Math.min(until, millisAt(committedAt) - settledWindowMs)
  })
  if (newest.length === 0 && finished.length === 0) return undefined
  const settled = Math.max(...newest.map((at) => at - settledWindowMs), ...finished)
  // A backlog or a backfill under way reads in order: what it has not come to is not missing yet.
  const read = Math.min(Number.POSITIVE_INFINITY, ...left.map(({ from }) => millisOf(from) ?? openStart))
  return {
    from: hourOf(now - retainedMs) + hourMs,
    until: hourOf(Math.min(settled, read)),
    because: read < settled ? 'not_read_yet' : 'late_events_may_come',
  }
}

/** What to compare: whole hours, also those the window begins and ends in. */
export function comparable(asked: readonly HourSpan[], limits: Limits, window: VerifyWindow): HourSpan[] {
  const { since, until } = wholeHours(window)
  const first = Math.max(limits.from, since ?? openStart)
  const end = Math.min(limits.until, until ?? openEnd)
  return asked
    .map((span) => ({ from: Math.max(span.from, first), until: Math.min(span.until, end) }))
    .filter((span) => span.from < span.until)
}

/** What of the window lies outside the limits, and between what was asked for. */
export function leftOut(
  asked: readonly HourSpan[],
  { from, until, because }: Limits,
  window: VerifyWindow,
): LeftOut[] {
  const { since = asked[0]?.from ?? from, until: last = openEnd } = wholeHours(window)
  const end = Math.min(until, last)
  const gaps: LeftOut[] = []
  let at = Math.max(from, since)
  for (const span of [...asked, { from: openEnd, until: openEnd }]) {
    const gapEnd = Math.min(span.from, end)
    if (at < gapEnd) gaps.push({ code: 'not_asked_for', from: at, until: gapEnd })
    at = Math.max(at, span.until)
  }
  return [
    ...(since < from ? [{ code: 'deleted_by_asana', until: from } as const] : []),
    ...gaps,
    ...(last > until ? [{ code: because, from: until }] : []),
  ]
}

/** The ledger counts by the hour. */
function wholeHours({ since, until }: VerifyWindow): Partial<VerifyWindow> {
  return {
    ...(since !== undefined && { since: hourOf(since) }),
    ...(until !== undefined && { until: hourOf(until + hourMs - 1) }),
  }
}
