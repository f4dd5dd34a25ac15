import type { LaneSummary } from '@asana-audit/core'
import { backlogLeft, backlogUntil, liveEndReachedAt } from '@asana-audit/core/backlog'
import { type HourSpan, hourMs, hourOf, openEnd, openStart } from '@asana-audit/core/ledger'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { dayMs } from '../../duration.ts'
import { isForeign } from '../../progress/lag/unread.ts'

/** A time range that was not compared, and why. Times are milliseconds since 1970. Without one, the range is open at that end. */
export interface LeftOut {
  readonly code:
    | 'not_asked_for'
    | 'deleted_by_asana'
    | 'not_read_yet'
    | 'late_events_may_come'
    | 'nothing_delivered'
    | 'nothing_since_rewind'
  readonly from?: number
  readonly until?: number
  /** With `nothing_delivered`: the other pipelines of the state. The user may mean one of them. */
  readonly others?: readonly string[]
}

export interface VerifyWindow {
  /** Milliseconds since 1970. */
  readonly since: number | undefined
  readonly until: number | undefined
}

/** Within these limits, a difference is a real one. */
export interface Limits extends HourSpan {
  /** Why nothing later is compared. */
  readonly because: 'not_read_yet' | 'late_events_may_come'
}

/** Asana certainly has all events of this time: it deletes after 90 days, at any hour of the day. */
const retainedMs = 89 * dayMs

type LateTimes = Pick<PipelineSettings, 'settledWindowMs' | 'rereadEveryMs'>

/** How long after its time an event may still be found: it appears in the settled window at the latest, and the next re-read after that finds it. */
export function lateMs({ settledWindowMs, rereadEveryMs }: LateTimes): number {
  return settledWindowMs === 0 ? 0 : settledWindowMs + rereadEveryMs
}

/** The limits for the rows of one pipeline, `now` in milliseconds since 1970. Undefined if nothing was delivered that can be compared. */
export function limitsOf(rows: readonly LaneSummary[], late: LateTimes, now: number): Limits | undefined {
  const newest = rows.flatMap(({ newestAt }) => millisOf(newestAt) ?? [])
  // A quiet tenant has an old newest event, but its log was read to the end since, and late events were looked for.
  const ends = late.settledWindowMs === 0 ? [] : rows.flatMap((row) => endReached(row) ?? [])
  const ranges = rows.filter(({ lane }) => lane === 'backlog' || lane === 'backfill')
  const left = ranges.flatMap(({ cursor }) => backlogLeft(cursor) ?? [])
  // A finished backfill is complete up to its end, even if its newest event is older, as far as late events had time to appear.
  const finished = ranges.flatMap(({ lane, cursor, committedAt }) => {
    const until = lane === 'backfill' && !backlogLeft(cursor) ? millisOf(backlogUntil(cursor)) : undefined
    return until === undefined ? [] : Math.min(until, millisAt(committedAt) - late.settledWindowMs)
  })
  if (newest.length + ends.length + finished.length === 0) return undefined
  const settled = Math.max(...[...newest, ...ends].map((at) => at - lateMs(late)), ...finished)
  // An unfinished backlog or backfill reads in order. Events it has not reached are not missing yet.
  const read = Math.min(Number.POSITIVE_INFINITY, ...left.map(({ from }) => millisOf(from) ?? openStart))
  return {
    from: hourOf(now - retainedMs) + hourMs,
    until: hourOf(Math.min(settled, read)),
    because: read < settled ? 'not_read_yet' : 'late_events_may_come',
  }
}

/** When new events were last read to the end of the log, in milliseconds since 1970. Undefined after a rewind, until it was reached again. */
export function endReached(row: LaneSummary): number | undefined {
  return row.lane !== 'live' || isForeign(row) ? undefined : millisOf(liveEndReachedAt(row.cursor))
}

/**
 * Why the ledger of a pipeline has no hour, by its rows. A lane remembers its newest event also when the ledger counts anew, from the
 * time of a rewind or in the range of a backfill. `others`: the other pipelines of the state.
 */
export function emptyLedger(rows: readonly LaneSummary[], others: readonly string[]): LeftOut {
  // A pipeline that has begun is the one that is meant.
  if (rows.every(({ newestAt }) => newestAt === undefined))
    return { code: 'nothing_delivered', others: rows.length === 0 ? others : [] }
  const unread = (name: string): { readonly from?: number } | undefined => {
    const cursor = rows.find(({ lane }) => lane === name)?.cursor
    const left = cursor === undefined ? undefined : backlogLeft(cursor)
    const from = millisOf(left?.from)
    return left && (from === undefined ? {} : { from })
  }
  const backfill = unread('backfill')
  // A rewind discards an interrupted backfill, so this one is newer.
  if (backfill) return { code: 'not_read_yet', ...backfill }
  return { code: 'nothing_since_rewind', ...unread('backlog') }
}

/** The whole hours to compare, including those the window begins and ends in. */
export function comparable(asked: readonly HourSpan[], limits: Limits, window: VerifyWindow): HourSpan[] {
  const { since, until } = wholeHours(window)
  const first = Math.max(limits.from, since ?? openStart)
  const end = Math.min(limits.until, until ?? openEnd)
  return asked
    .map((span) => ({ from: Math.max(span.from, first), until: Math.min(span.until, end) }))
    .filter((span) => span.from < span.until)
}

/** The parts of the window that are outside the limits or were not asked for. */
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
    // A backlog of which nothing is read begins where Asana's events begin.
    ...(last > until ? [{ code: because, from: Math.max(until, from) }] : []),
  ]
}

/** Widens a window to whole hours, because the ledger counts by the hour. */
function wholeHours({ since, until }: VerifyWindow): Partial<VerifyWindow> {
  return {
    ...(since !== undefined && { since: hourOf(since) }),
    ...(until !== undefined && { until: hourOf(until + hourMs - 1) }),
  }
}
