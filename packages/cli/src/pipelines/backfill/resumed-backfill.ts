import { type Cursor, type Fault, fault, type LaneSummary } from '@asana-audit/core'
import { type BacklogLeft, backlogLeft, backlogUntil } from '@asana-audit/core/backlog'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { rangeLeft } from '../../progress/lag/unread.ts'
import type { Warning } from '../../terminal/problem.ts'
import { type AskedRange, isWider } from './begun-range.ts'

/** The lane of a backfill in the state: an interrupted one can be resumed, a finished one says what it delivered. */
export const backfillLane = 'backfill'

/** What there is to continue: an interrupted backfill, nothing because the last one is finished, or nothing because a new one begins. */
export type ResumedBackfill =
  | { readonly cursor: Cursor; readonly left: BacklogLeft }
  | { readonly cursor: undefined }
  | { readonly nothingToResume: Warning }

/** What the state says of backfills. */
export interface BegunBackfills {
  readonly lanes: readonly LaneSummary[]
  /** The range that the last backfill of this pipeline was asked for, if known. */
  readonly begun: AskedRange | undefined
}

type Asked = Pick<PipelineSettings, 'name' | 'since' | 'until'>

/**
 * Decides by the lanes of the state what a backfill of a pipeline continues. `--resume` never begins one: a person who repeats it must
 * not deliver everything again. Throws `unfinished_backfill` if one was interrupted and nobody says what to do with it, and
 * `nothing_to_resume` if none has begun, or if the finished one does not have all that is asked for.
 */
export function resumedBackfill(
  pipeline: Asked,
  { lanes, begun }: BegunBackfills,
  interrupted: 'resume' | 'restart' | undefined,
): ResumedBackfill {
  const { name } = pipeline
  // What is discarded need not be read: it may be a position of another program.
  if (interrupted === 'restart') return { cursor: undefined }
  const rows = lanes.filter(({ lane }) => lane === backfillLane)
  const last = rows.find((row) => row.pipeline === name)
  const left = last && backlogLeft(last.cursor)
  if (interrupted === undefined) {
    if (left) throw unfinished(name)
    return { cursor: undefined }
  }
  if (last === undefined)
    throw neverBegun(
      name,
      rows.filter(isInterrupted).map((row) => row.pipeline),
    )
  return left ? { cursor: last.cursor, left } : { nothingToResume: finished(pipeline, begun, last.cursor) }
}

/** Not for a position of another source: it may be of any program, and this command cannot go on from it. */
function isInterrupted({ cursor }: LaneSummary): boolean {
  const left = rangeLeft(cursor)
  return left !== undefined && left !== 'unknown'
}

function unfinished(pipeline: string): Fault {
  const message =
    `A backfill of the pipeline "${pipeline}" was interrupted. Add --resume to continue it as it was begun, ` +
    'or --restart to discard it and begin this one.'
  return fault({ fault: 'fatal', code: 'unfinished_backfill', message })
}

const code = 'nothing_to_resume'
const begin = 'To begin a new one, leave out --resume, and give its time range with --since and --until.'

/** Throws if somebody asks for another range: that person must not think that it was delivered. */
function finished(asked: Asked, begun: AskedRange | undefined, cursor: Cursor): Warning {
  const end = backlogUntil(cursor)
  const from = begun && ` from ${begun.since ?? 'the oldest event'}`
  const last = `Nothing to resume: the last backfill,${from ?? ''} up to ${end}, is finished.`
  if (end !== undefined && isWider(asked, begun, end)) {
    const message = `${last} You asked for another time range, ${rangeInWords(asked)}, and it was not sent. To send it, leave out --resume.`
    throw fault({ fault: 'fatal', code, message })
  }
  return { code, message: `${last} Nothing was sent. ${begin}` }
}

function rangeInWords({ since, until }: AskedRange): string {
  return `from ${since ?? 'the oldest event'} up to ${until ?? 'now'}`
}

/** `others`: pipelines of the state with an interrupted backfill. The user may mean one of them. */
function neverBegun(pipeline: string, others: readonly string[]): Fault {
  const elsewhere =
    others.length === 0
      ? ''
      : ` The state holds an interrupted backfill of ${others.map((name) => JSON.stringify(name)).join(', ')}: to continue that one, give the --name, or the --workspace and --to, that it was begun with.`
  const message = `Nothing to resume: no backfill of the pipeline "${pipeline}" has begun. Nothing was sent.${elsewhere} ${begin}`
  return fault({ fault: 'fatal', code, message })
}

/** Undefined if no time range was given beside `--resume`. */
export function windowIgnored({ since, until }: AskedRange, left: BacklogLeft): Warning | undefined {
  if (since === undefined && until === undefined) return undefined
  const rest = `${left.from ?? 'the oldest event'} to ${left.until ?? 'now'}`
  const message = `--resume ignores since and until. It continues the time range that was begun, of which ${rest} is left. For another range give --restart.`
  return { code: 'window_ignored', message }
}
