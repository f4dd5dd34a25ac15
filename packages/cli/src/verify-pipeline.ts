import {
  asanaBackfill,
  backlogLeft,
  backlogUntil,
  type HourSpan,
  hourMs,
  hourOf,
  type LaneSummary,
  type LedgerHour,
  ledgerSheet,
  openEnd,
  type ReconciledHour,
  reconcile,
  requestBudget,
  type State,
} from '@asana-audit/core'
import { parseMillis } from '@asana-audit/schema'
import type { PipelineSettings } from './config/pipeline-settings.ts'
import type { Settings } from './config/read-settings.ts'
import { gidsByHour } from './gids-by-hour.ts'
import { openAsana } from './open-asana.ts'
import { unattended } from './unattended.ts'

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

/** What Asana shows now against what the destination accepted, by the ledger of the state. */
export interface Verified {
  readonly pipeline: string
  /** The times that were compared, by whole hours; none where nothing could be. */
  readonly compared: readonly HourSpan[]
  /** The hours of these in which one of both has an event. */
  readonly hours: readonly ReconciledHour[]
  readonly leftOut: readonly LeftOut[]
}

export interface VerifyWindow {
  /** Milliseconds since 1970. */
  readonly since: number | undefined
  readonly until: number | undefined
}

/** What Asana still has for certain: it deletes after 90 days, and not at midnight. */
const retainedMs = 89 * 24 * hourMs

/**
 * Compares the ids Asana has for a window with those of the ledger. Left out is what cannot be decided: what was not asked for,
 * what lies less than the settled window behind the newest event delivered, what a backlog or a backfill has not come to, and
 * the 90th day.
 */
export async function verifyPipeline(
  pipeline: PipelineSettings,
  settings: Settings,
  state: State,
  window: VerifyWindow,
): Promise<Verified> {
  const { name } = pipeline
  const rows = (await state.lanes()).filter((row) => row.pipeline === name)
  const pipelines = await state.pipelines()
  const asked = pipelines.find((one) => one.pipeline === name)?.asked ?? []
  const ledger = await state.ledger(name, 0, openEnd)
  const limits = limitsOf(rows, pipeline, Date.now())
  if (ledger.length === 0 || limits.until === Number.NEGATIVE_INFINITY) {
    const others = pipelines.map((one) => one.pipeline).filter((other) => other !== name)
    return { pipeline: name, compared: [], hours: [], leftOut: [{ code: 'nothing_delivered', others }] }
  }
  const first = Math.max(limits.from, hourOf(window.since ?? 0))
  const end = Math.min(limits.until, hourOf(window.until ?? openEnd))
  const compared = asked
    .map(({ from, until }) => ({ from: Math.max(from, first), until: Math.min(until, end) }))
    .filter(({ from, until }) => from < until)
  const ours = ledger.filter(({ hour }) => compared.some(({ from, until }) => hour >= from && hour < until))
  const hours = reconcile(await readAsana(pipeline, settings, compared), ours)
  return { pipeline: name, compared, hours, leftOut: leftOut(asked, limits, window) }
}

/** Between these, a difference is one. */
interface Limits extends HourSpan {
  /** Why not later. */
  readonly because: 'not_read_yet' | 'late_events_may_come'
}

function limitsOf(rows: readonly LaneSummary[], { settledWindowMs }: PipelineSettings, now: number): Limits {
  const newest = rows.flatMap(({ newestAt }) => parseMillis(newestAt ?? '') ?? [])
  const closed = rows.filter(({ lane }) => lane === 'backlog' || lane === 'backfill')
  const left = closed.flatMap(({ cursor }) => backlogLeft(cursor) ?? [])
  // It was read to its end after late events had had their time, whenever the newest of them happened.
  const finished = closed.flatMap(({ lane, cursor, committedAt }) =>
    lane === 'backfill' && !backlogLeft(cursor)
      ? Math.min(parseMillis(backlogUntil(cursor) ?? '') ?? 0, Date.parse(committedAt) - settledWindowMs)
      : [],
  )
  const settled = Math.max(...newest.map((at) => at - settledWindowMs), ...finished)
  // A backlog or a backfill under way reads in order: what it has not come to is not missing yet.
  const read = Math.min(Number.POSITIVE_INFINITY, ...left.map(({ from }) => parseMillis(from ?? '') ?? 0))
  return {
    from: hourOf(now - retainedMs) + hourMs,
    until: hourOf(Math.min(settled, read)),
    because: read < settled ? 'not_read_yet' : 'late_events_may_come',
  }
}

/** What of the window lies outside the limits, and between what was asked for. */
function leftOut(
  asked: readonly HourSpan[],
  { from, until, because }: Limits,
  window: VerifyWindow,
): LeftOut[] {
  const start = Math.max(from, window.since ?? asked[0]?.from ?? from)
  const end = Math.min(until, window.until ?? openEnd)
  const gaps: LeftOut[] = []
  let at = start
  for (const span of [...asked, { from: openEnd, until: openEnd }]) {
    const gapEnd = Math.min(span.from, end)
    if (at < gapEnd) gaps.push({ code: 'not_asked_for', from: at, until: gapEnd })
    at = Math.max(at, span.until)
  }
  const isOld = (window.since ?? asked[0]?.from ?? from) < from
  const isNew = (window.until ?? openEnd) > until
  return [
    ...(isOld ? [{ code: 'deleted_by_asana', until: from } as const] : []),
    ...gaps,
    ...(isNew ? [{ code: because, from: until }] : []),
  ]
}

async function readAsana(
  pipeline: PipelineSettings,
  { requestsPerMinute }: Settings,
  spans: readonly HourSpan[],
): Promise<LedgerHour[]> {
  const asana = openAsana(pipeline, requestBudget({ perMinute: requestsPerMinute }))
  const sheet = ledgerSheet()
  try {
    for (const { from, until } of spans) {
      const isFirst = gidsByHour(until)
      const source = asanaBackfill({
        ...asana.options,
        since: new Date(from).toISOString(),
        until: new Date(until).toISOString(),
        settled: false,
        giveUpAfterMs: unattended(undefined).source,
      })
      for await (const { events, refused } of source.read()) {
        const raws = refused.map(({ raw }) => raw as { gid?: unknown; created_at?: unknown } | null)
        for (const event of [...events, ...raws]) {
          const { gid, created_at: createdAt } = event ?? {}
          const at = typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
          if (typeof gid !== 'string' || at === undefined) continue
          if (isFirst(gid, at)) sheet.add(at, 'delivered', gid)
        }
      }
    }
  } finally {
    await asana.close()
  }
  return sheet.hours()
}
