import { fault, type LaneSummary } from '@asana-audit/core'
import { backlogLeft, backlogUntil, liveUpTo, retentionMs } from '@asana-audit/core/backlog'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../config/pipeline-settings.ts'

/** RFC 3339; no `since`: from the oldest event. */
export interface BackfillTime {
  readonly since: string | undefined
  readonly until: string
}

/**
 * What a backfill reads: the time asked for with the hours it begins and ends in, up to Asana's present (milliseconds since
 * 1970), and never past where `run` goes on. Empty where `since` is not before `until`.
 */
export function backfillTime(
  { name, since, until }: Pick<PipelineSettings, 'name' | 'since' | 'until'>,
  rows: readonly LaneSummary[],
  now: number,
): BackfillTime {
  const end = Math.min(now, readUpTo(rows.filter(({ pipeline }) => pipeline === name)))
  const wanted = until === undefined ? end : Math.min(end, hourOf(Date.parse(until) + hourMs - 1))
  return {
    since: since === undefined ? undefined : new Date(hourOf(Date.parse(since))).toISOString(),
    until: new Date(wanted).toISOString(),
  }
}

/** Up to where `run` has read this pipeline, past the newest event; for ever where it never did. Milliseconds since 1970. */
function readUpTo(rows: readonly LaneSummary[]): number {
  const isAlone = !rows.some(({ lane }) => lane === 'live')
  const ends = rows.flatMap(({ lane, cursor }) => {
    if (lane === 'live') return [past(liveUpTo(cursor))]
    if (lane !== 'backlog') return []
    const left = backlogLeft(cursor)
    if (left) return [past(left.from)]
    // All of it is read, up to an --until of that run: the next one goes on from there.
    return isAlone ? [Date.parse(backlogUntil(cursor) ?? '1970-01-01')] : []
  })
  return Math.min(...ends)
}

function past(time = '1970-01-01'): number {
  return Date.parse(time) + 1
}

/** Throws where nothing of a time is left to deliver, by `now`, Asana's present. */
export function refuseNothing(pipeline: string, { since, until }: BackfillTime, now: number): void {
  if (since !== undefined && since >= until) {
    const message =
      `"run" has read the pipeline "${pipeline}" up to ${until} only and goes on from there, so nothing after that is left ` +
      'to backfill. Ask for an earlier time, or give another --name to deliver it apart.'
    throw fault({ fault: 'fatal', code: 'not_yet_read', message })
  }
  if (Date.parse(until) > now - retentionMs) return
  const message = `Asana keeps events for 90 days, so everything before ${until} is deleted. Ask for a later time.`
  throw fault({ fault: 'fatal', code: 'deleted_by_asana', message })
}

/** What was asked for and Asana has deleted is before this, RFC 3339; undefined where it may still have all. */
export function deletedBefore({ since }: BackfillTime, now: number): string | undefined {
  const kept = now - retentionMs
  return since !== undefined && Date.parse(since) < kept ? new Date(kept).toISOString() : undefined
}
