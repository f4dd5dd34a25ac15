import { type Cursor, type Fault, fault, type LaneSummary } from '@asana-audit/core'
import { backlogLeft, backlogUntil } from '@asana-audit/core/backlog'
import type { Warning } from '../../terminal/problem.ts'

/** The lane of a backfill in the state: an interrupted one can be resumed, a finished one says what it delivered. */
export const backfillLane = 'backfill'

/** What there is to continue: an interrupted backfill, nothing because the last one is finished, or nothing because a new one begins. */
export type ResumedBackfill = { readonly cursor: Cursor | undefined } | { readonly nothingToResume: Warning }

/**
 * Decides by the lanes of the state what a backfill of a pipeline continues. `--resume` never begins one: a person who repeats it must
 * not deliver everything again. Throws `unfinished_backfill` if one was interrupted and nobody says what to do with it, and
 * `nothing_to_resume` if none has begun.
 */
export function resumedBackfill(
  pipeline: string,
  lanes: readonly LaneSummary[],
  interrupted: 'resume' | 'restart' | undefined,
): ResumedBackfill {
  const begun = lanes.filter(({ lane }) => lane === backfillLane)
  const last = begun.find((row) => row.pipeline === pipeline)
  const isUnfinished = last !== undefined && backlogLeft(last.cursor) !== undefined
  if (interrupted === undefined && isUnfinished) throw unfinished(pipeline)
  if (interrupted !== 'resume') return { cursor: undefined }
  if (last === undefined) {
    const others = begun.filter(({ cursor }) => backlogLeft(cursor)).map((row) => row.pipeline)
    throw neverBegun(pipeline, others)
  }
  return isUnfinished ? { cursor: last.cursor } : { nothingToResume: finished(last.cursor) }
}

function unfinished(pipeline: string): Fault {
  const message =
    `A backfill of the pipeline "${pipeline}" was interrupted. Add --resume to continue it as it was begun, ` +
    'or --restart to discard it and begin this one.'
  return fault({ fault: 'fatal', code: 'unfinished_backfill', message })
}

const begin = 'To begin a new one, leave out --resume, and give its time range with --since and --until.'

function finished(cursor: Cursor): Warning {
  const message = `Nothing to resume: the last backfill, up to ${backlogUntil(cursor)}, is finished. Nothing was sent. ${begin}`
  return { code: 'nothing_to_resume', message }
}

/** `others`: pipelines of the state with an interrupted backfill. The user may mean one of them. */
function neverBegun(pipeline: string, others: readonly string[]): Fault {
  const elsewhere =
    others.length === 0
      ? ''
      : ` The state holds an interrupted backfill of ${others.map((name) => JSON.stringify(name)).join(', ')}: to continue that one, give the --name, or the --workspace and --to, that it was begun with.`
  const message = `Nothing to resume: no backfill of the pipeline "${pipeline}" has begun. Nothing was sent.${elsewhere} ${begin}`
  return fault({ fault: 'fatal', code: 'nothing_to_resume', message })
}
