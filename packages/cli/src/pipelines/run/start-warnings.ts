import type { LaneSummary } from '@asana-audit/core'
import {
  backlogLeft,
  backlogUntil,
  futureStart,
  liveUnreadFrom,
  liveUpTo,
  retentionMs,
} from '@asana-audit/core/backlog'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { allDeleted, partDeleted } from '../../config/times/time-limits.ts'
import type { Warning } from '../../terminal/problem.ts'
import { shellWord } from '../../terminal/shell-word.ts'

type Pipeline = Pick<PipelineSettings, 'name' | 'since' | 'until'>

/**
 * The warnings before a pipeline starts, from its settings and its rows in the state: settings that only the first start uses, times of
 * which Asana has deleted events, and that nothing is left. `now` in milliseconds since 1970.
 */
export function startWarnings(
  pipeline: Pipeline,
  lanes: readonly LaneSummary[],
  now: number,
  statePath: string,
): Warning[] {
  const rows = rowsOf(pipeline, lanes)
  const nothingLeft = allDeleted(pipeline, now) ?? deliveredAlready(pipeline, rows)
  const left = nothingLeft && {
    code: 'nothing_left',
    message: `until: ${nothingLeft} Nothing is left to deliver.`,
  }
  if (rows.length > 0) return [sinceIgnored(pipeline, rows, statePath), left].filter((warning) => !!warning)
  const deleted = partDeleted(pipeline, now)
  return [deleted && { code: 'deleted_by_asana', message: `since: ${deleted}` }, left].filter(
    (warning) => !!warning,
  )
}

/**
 * Where a pipeline with rows in the state goes on, for somebody who gave it another destination: the position belongs to the pipeline, not
 * to an address. Undefined before its first run.
 */
export function continuation(
  { name }: Pick<Pipeline, 'name'>,
  lanes: readonly LaneSummary[],
  statePath: string,
): string | undefined {
  const rows = rowsOf({ name }, lanes)
  if (rows.length === 0) return undefined
  return `It continues from ${positionOf(rows)}. If the destination has a new address, older events are not there. To send them too: ${rewind('90d', name, statePath)}`
}

/** Where a pipeline reads from when it starts. */
export interface Beginning {
  /** How far back that is, in milliseconds. */
  readonly ageMs: number
  /** Whether it has no position yet: only then `since` counts. */
  readonly isFirst: boolean
}

/** `now` in milliseconds since 1970. Throws `foreign_cursor` for a position of another source. */
export function beginningOf(
  { name, since }: Omit<Pipeline, 'until'>,
  lanes: readonly LaneSummary[],
  now: number,
): Beginning {
  const rows = rowsOf({ name }, lanes)
  const isFirst = rows.length === 0
  const from = millisOf(isFirst ? since : nextOf(rows))
  // Without a time, it begins where Asana deletes events.
  return { isFirst, ageMs: from === undefined ? retentionMs : Math.min(retentionMs, now - from) }
}

/** The message about a position that begins in the future, with the command that corrects it. Undefined for any other position. */
export function futurePosition(
  { name }: Pick<Pipeline, 'name'>,
  lanes: readonly LaneSummary[],
  now: number,
  statePath: string,
): string | undefined {
  const { backlog, live } = cursorsOf(lanes.filter(({ pipeline }) => pipeline === name))
  const start = futureStart({ backlog, live }, now)
  if (start === undefined) return undefined
  return `The position begins in the future, at ${start}, so nothing is delivered. Correct it with: ${rewind('90d', name, statePath)}`
}

function sinceIgnored(
  { name, since }: Pipeline,
  rows: readonly LaneSummary[],
  statePath: string,
): Warning | undefined {
  if (since === undefined) return undefined
  const message =
    `Only the first start uses since. This pipeline continues from ${positionOf(rows)}, not from ${since}. ` +
    `To begin there: ${rewind(since, name, statePath)}`
  return { code: 'since_ignored', message }
}

function positionOf(rows: readonly LaneSummary[]): string {
  return nextOf(rows) ?? 'where it was'
}

/** The time from which it reads on, RFC 3339. Undefined: from the oldest event. */
function nextOf(rows: readonly LaneSummary[]): string | undefined {
  const { backlog, live } = cursorsOf(rows)
  const left = backlog === undefined ? undefined : backlogLeft(backlog)
  if (left) return left.from
  if (live !== undefined) return liveUnreadFrom(live)
  return backlog === undefined ? undefined : backlogUntil(backlog)
}

function deliveredAlready({ until }: Pipeline, rows: readonly LaneSummary[]): string | undefined {
  if (until === undefined || rows.length === 0) return undefined
  const { backlog, live } = cursorsOf(rows)
  if (backlog !== undefined && backlogLeft(backlog)) return undefined
  const reached = live === undefined ? until : liveUpTo(live)
  if (reached === undefined || millisAt(reached) < millisAt(until)) return undefined
  return `The position is already at ${reached}, and only events before ${until} are asked for.`
}

/** The positions of a pipeline, without that of a backfill. */
function rowsOf({ name }: Pick<Pipeline, 'name'>, lanes: readonly LaneSummary[]): LaneSummary[] {
  return lanes.filter(({ pipeline, lane }) => pipeline === name && lane !== 'backfill')
}

function cursorsOf(rows: readonly LaneSummary[]): {
  readonly backlog: string | undefined
  readonly live: string | undefined
} {
  const of = (name: string): string | undefined => rows.find(({ lane }) => lane === name)?.cursor
  return { backlog: of('backlog'), live: of('live') }
}

function rewind(to: string, name: string, statePath: string): string {
  return `asana-audit state rewind --to ${to} --pipeline ${shellWord(name)} --state ${shellWord(statePath)}`
}
