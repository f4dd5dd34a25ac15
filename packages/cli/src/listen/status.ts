import { setImmediate } from 'node:timers/promises'
import type { PipelineSummary, QuarantineCount, State } from '@asana-audit/core'
import { backlogUntil } from '@asana-audit/core/backlog'
import type { LastFinding } from '../progress/finding/last-findings.ts'
import { deletedInMs } from '../progress/lag/retention-clock.ts'
import { type StateRow, withUnsaved } from '../progress/lag/state-rows.ts'
import { fromTheOldest, isTimeRange, rangeLeft, unreadFrom } from '../progress/lag/unread.ts'
import type { DelaySummary } from '../progress/totals/delay-spread.ts'
import { coveredShare } from '../progress/totals/progress-totals.ts'
import { version } from '../version.ts'
import type { LiveLane, Trouble } from './live-lane.ts'
import type { LiveStatus } from './live-status.ts'

/** From the worst to the best. `ended`: with a fault, while others run. `starting`: nothing was heard of it yet. `done`: a backlog. */
export const conditions = ['ended', 'paused', 'retrying', 'starting', 'reading', 'caught_up', 'done'] as const
export type Condition = (typeof conditions)[number]

/** A time range that is read: times are RFC 3339, `null` where not known. */
export interface BacklogStatus {
  readonly from: string | null
  readonly until: string | null
  /** 0 to 1. */
  readonly share: number | null
  readonly timeLeftMs: number | null
  readonly limitedBy: string | null
}

/** Times are RFC 3339, durations milliseconds; `null`: not known, or there is none. */
export interface LaneStatus {
  readonly lane: string
  readonly condition: Condition
  /** Over all runs, as the state counts them. */
  readonly delivered: number
  readonly newestAt: string | null
  readonly committedAt: string | null
  readonly lastPageAt: string | null
  /** How long ago everything that Asana showed was delivered, less the time that the destination lets events wait on purpose. */
  readonly lagMs: number | null
  /** How long the destination may let events wait for others on purpose, while some wait. */
  readonly waitsMs: number | null
  /** From `created_at` to acceptance, of new events of the last minutes. */
  readonly delayMs: DelaySummary | null
  /** Until Asana deletes the oldest event that may be unread; negative if it has. */
  readonly deletedInMs: number | null
  readonly backlog: BacklogStatus | null
  readonly trouble: {
    readonly kind: Trouble['kind']
    readonly part: Trouble['part']
    readonly code: string
    readonly message: string
    readonly since: string
    readonly nextAttemptAt: string
  } | null
}

/** An alarm of a pipeline, whoever raises it. */
export interface AlarmState {
  readonly pipeline: string
  readonly kind: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** Milliseconds since 1970. */
  readonly since: number
  /** What is the case, and what to do about it. */
  readonly message: string
}

/** `at` is the time of the event that completed it, `who` an email address, else a name, else a gid. */
export interface FindingStatus {
  readonly id: string
  readonly at: string
  readonly level: string
  readonly title: string
  readonly who: string | null
}

export interface PipelineStatus {
  readonly pipeline: string
  /** The worst of its lanes. */
  readonly condition: Condition
  readonly lanes: readonly LaneStatus[]
  readonly quarantine: readonly Omit<QuarantineCount, 'pipeline'>[]
  /** Empty if none are watched. */
  readonly alarms: readonly (Pick<AlarmState, 'kind' | 'state' | 'message'> & { readonly since: string })[]
  /** The last ten that rules found, newest first. */
  readonly findings: readonly FindingStatus[]
  /** Why it has ended. */
  readonly fault: { readonly code: string; readonly message: string } | null
}

/** What `/status.json` answers. */
export interface Status {
  readonly version: string
  readonly at: string
  readonly startedAt: string
  readonly phase: LiveStatus['phase']
  readonly pipelines: readonly PipelineStatus[]
}

interface Sources {
  readonly live: LiveStatus
  readonly state: Pick<State, 'lanes' | 'pipelines'>
  readonly quarantine: () => Promise<readonly QuarantineCount[]>
  readonly alarms: () => readonly AlarmState[]
  /** By pipeline, oldest first. */
  readonly findings: () => Promise<ReadonlyMap<string, readonly LastFinding[]>>
  readonly startedAt: number
}

/** After this many, the pipelines get their turn: their events come first. */
const atOnce = 100

/** Joins what the state holds with what this process knows. */
export async function statusAt(now: number, sources: Sources): Promise<Status> {
  const { live, state, quarantine, startedAt } = sources
  const alarms = Map.groupBy(sources.alarms(), ({ pipeline }) => pipeline)
  const [saved, summaries, counts] = [await state.lanes(), await state.pipelines(), await quarantine()]
  const findings = await sources.findings()
  const rows = Map.groupBy(withUnsaved(saved, summaries), ({ pipeline }) => pipeline)
  const asked = new Map(summaries.map((one) => [one.pipeline, one]))
  const entries = Map.groupBy(counts, ({ pipeline }) => pipeline)
  const pipelines: PipelineStatus[] = []
  for (const [index, pipeline] of live.pipelines.entries()) {
    if (index % atOnce === atOnce - 1) await setImmediate()
    pipelines.push(
      pipelineStatus(pipeline, now, {
        live,
        rows: rows.get(pipeline) ?? [],
        asked: asked.get(pipeline),
        entries: entries.get(pipeline) ?? [],
        alarms: alarms.get(pipeline) ?? [],
        findings: findings.get(pipeline) ?? [],
      }),
    )
  }
  return { version, at: iso(now), startedAt: iso(startedAt), phase: live.phase, pipelines }
}

interface Known {
  readonly live: LiveStatus
  readonly rows: readonly StateRow[]
  readonly asked: PipelineSummary | undefined
  readonly entries: readonly QuarantineCount[]
  readonly alarms: readonly AlarmState[]
  readonly findings: readonly LastFinding[]
}

function pipelineStatus(
  pipeline: string,
  now: number,
  { live, rows, asked, entries, alarms, findings }: Known,
): PipelineStatus {
  const heard = live.lanesOf(pipeline)
  const fault = live.faultOf(pipeline)
  const names = [...new Set(['live', ...heard.keys(), ...rows.map(({ lane }) => lane)])].filter(
    // The row of an earlier backfill says nothing about this run.
    (lane) => lane !== 'backfill',
  )
  const lanes = names.map((lane) => {
    const row = rows.find((one) => one.lane === lane) ?? unsaved(pipeline, lane)
    const at = { now, asked, hasEnded: fault !== undefined, heldMs: live.heldMsOf(pipeline) }
    return laneStatus(row, heard.get(lane), at)
  })
  return {
    pipeline,
    condition: worst(lanes.map(({ condition }) => condition)),
    lanes,
    alarms: alarms.map(({ kind, state, since, message }) => ({ kind, state, since: iso(since), message })),
    findings: findings.toReversed().map(({ at, who, ...one }) => ({ ...one, at: iso(at), who: who ?? null })),
    quarantine: entries.map(({ pipeline: _, ...count }) => count),
    fault: fault ? { code: fault.code, message: fault.message } : null,
  }
}

function unsaved(pipeline: string, lane: string): StateRow {
  const none = { delivered: 0, quarantined: 0, newestAt: undefined, readBy: undefined, committedAt: null }
  return { pipeline, lane, cursor: null, ...none }
}

function worst(found: readonly Condition[]): Condition {
  return conditions.find((one) => found.includes(one)) ?? 'starting'
}

interface At {
  readonly now: number
  readonly asked: PipelineSummary | undefined
  readonly hasEnded: boolean
  readonly heldMs: number
}

function laneStatus(
  row: StateRow,
  live: LiveLane | undefined,
  { now, asked, hasEnded, heldMs }: At,
): LaneStatus {
  const { lane, delivered, newestAt, committedAt } = row
  const isDone = isTimeRange(row) && rangeLeft(row.cursor) === undefined
  const condition = isDone ? 'done' : hasEnded ? 'ended' : liveCondition(live, now)
  const upTo = Math.max(live?.completeAt ?? 0, newestAt === undefined ? 0 : Date.parse(newestAt))
  const isComplete = condition === 'caught_up' || isDone
  const unread = isComplete ? undefined : unreadFrom(row, asked)
  return {
    lane,
    condition,
    delivered,
    newestAt: newestAt ?? null,
    committedAt,
    lastPageAt: live?.lastPageAt === undefined ? null : iso(live.lastPageAt),
    lagMs: isTimeRange(row) || upTo === 0 ? null : Math.max(0, now - upTo - heldMs),
    waitsMs: heldMs > 0 && live?.hasUndelivered ? heldMs : null,
    delayMs: live?.delay ?? null,
    deletedInMs: unread === undefined ? null : unread === fromTheOldest ? 0 : deletedInMs(unread, now),
    backlog: isTimeRange(row) && !isDone ? backlogStatus(row, live) : null,
    trouble: isDone || hasEnded ? null : troubleStatus(live?.trouble),
  }
}

function liveCondition(live: LiveLane | undefined, now: number): Condition {
  if (!live) return 'starting'
  if (live.trouble) return live.trouble.kind
  return live.isCompleteAt(now) ? 'caught_up' : live.lastPageAt === undefined ? 'starting' : 'reading'
}

function backlogStatus({ cursor }: { readonly cursor: string }, live: LiveLane | undefined): BacklogStatus {
  const covered = live?.totals.covered
  const left = rangeLeft(cursor)
  return {
    from: left === 'unknown' ? null : (left?.from ?? null),
    until: left === 'unknown' ? null : (backlogUntil(cursor) ?? null),
    share: covered ? coveredShare(covered) : null,
    timeLeftMs: live?.timeLeftMs ?? null,
    limitedBy: covered?.limitedBy ?? null,
  }
}

function troubleStatus(trouble: Trouble | undefined): LaneStatus['trouble'] {
  if (!trouble) return null
  const { kind, part, code, message, since, nextAttemptAt } = trouble
  return { kind, part, code, message, since: iso(since), nextAttemptAt: iso(nextAttemptAt) }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
