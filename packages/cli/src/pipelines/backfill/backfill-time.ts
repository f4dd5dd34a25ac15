import { fault, type LaneSummary } from '@asana-audit/core'
import { type BacklogLeft, backlogLeft, backlogUntil, liveUpTo, retentionMs } from '@asana-audit/core/backlog'
import { hourMs, hourOf, openStart } from '@asana-audit/core/ledger'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'

/** RFC 3339; no `since`: from the oldest event. */
export interface BackfillTime {
  readonly since: string | undefined
  readonly until: string
}

/**
 * The time range a backfill reads: what was asked for, widened to whole hours, up to Asana's current time (milliseconds since 1970), and
 * never past the position where `run` continues. Empty if `since` is not before `until`.
 */
export function backfillTime(
  { name, since, until }: Pick<PipelineSettings, 'name' | 'since' | 'until'>,
  rows: readonly LaneSummary[],
  now: number,
): BackfillTime {
  const end = Math.min(now, readUpTo(rows.filter(({ pipeline }) => pipeline === name)))
  const wanted = until === undefined ? end : Math.min(end, hourOf(millisAt(until) + hourMs - 1))
  return {
    since: since === undefined ? undefined : new Date(hourOf(millisAt(since))).toISOString(),
    until: new Date(wanted).toISOString(),
  }
}

/** What an interrupted backfill has not read yet. */
export function timeLeft({ from, until }: BacklogLeft, now: number): BackfillTime {
  return { since: from, until: until ?? new Date(now).toISOString() }
}

/** The time up to which `run` has read this pipeline, just after the newest event, in milliseconds since 1970. Infinity if it never ran. */
function readUpTo(rows: readonly LaneSummary[]): number {
  const isAlone = !rows.some(({ lane }) => lane === 'live')
  const ends = rows.flatMap(({ lane, cursor }) => {
    if (lane === 'live') return [past(liveUpTo(cursor))]
    if (lane !== 'backlog') return []
    const left = backlogLeft(cursor)
    if (left) return [past(left.from)]
    // All of it is read, up to the --until of that run. The next run continues from there.
    return isAlone ? [millisOf(backlogUntil(cursor)) ?? openStart] : []
  })
  return Math.min(...ends)
}

function past(time: string | undefined): number {
  return (millisOf(time) ?? openStart) + 1
}

/** Throws if nothing of a time range is left to deliver at `now`, Asana's current time. */
export function assertSomethingLeft(pipeline: string, { since, until }: BackfillTime, now: number): void {
  if (since !== undefined && since >= until) {
    const message =
      `"run" has read the pipeline "${pipeline}" only up to ${until} and continues from there, so nothing after that is left ` +
      'to backfill. Ask for an earlier time, or give another --name for a separate delivery.'
    throw fault({ fault: 'fatal', code: 'not_yet_read', message })
  }
  if (millisAt(until) > now - retentionMs) return
  const message = `Asana keeps events for 90 days, so everything before ${until} is deleted. Ask for a later time.`
  throw fault({ fault: 'fatal', code: 'deleted_by_asana', message })
}

/** RFC 3339: events before this were asked for, but are deleted. Undefined if Asana may still have all. */
export function deletedBefore({ since }: BackfillTime, now: number): string | undefined {
  const kept = now - retentionMs
  return since !== undefined && millisAt(since) < kept ? new Date(kept).toISOString() : undefined
}
