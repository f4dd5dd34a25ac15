import type { QuarantineCount } from '@asana-audit/core'
import { type BacklogLeft, retentionMs } from '@asana-audit/core/backlog'
import { existingState } from '../../config/existing-state.ts'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { withStateFlags } from '../../flags/state-flags.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { deletedInMs } from '../../progress/lag/retention-clock.ts'
import { type StateRow, withUnsaved } from '../../progress/lag/state-rows.ts'
import { fromTheOldest, isTimeRange, rangeLeft, unreadFrom } from '../../progress/lag/unread.ts'
import { replayLane } from '../../progress/lane.ts'
import { age } from '../../progress/words/age.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'

const define = () =>
  withStateFlags('show')
    .description('Show how far each pipeline is.')
    .addHelpText('before', examples('state show', 'state show --json'))
    .option('--json', 'print JSON')

/** `asana-audit state show`. */
export const stateShowCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await stateShow(flags)))

async function stateShow(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  if ('problems' in location) return invalidSettings(location.problems)
  const { statePath } = location
  const state = await openExistingState(location)
  const now = Date.now()
  try {
    const pipelines = await state.pipelines()
    const quarantine = await state.quarantineCounts()
    const rows = withUnsaved(await state.lanes(), pipelines)
    const shown = rows.map((row) => ({
      row,
      unread: unreadFrom(
        row,
        pipelines.find(({ pipeline }) => pipeline === row.pipeline),
      ),
    }))
    if (flags.json) {
      const lanes = shown.map(({ row, unread }) => ({
        ...row,
        ...leftOf(row),
        deletedInMs: unread === fromTheOldest ? 0 : deletedInMs(unread, now),
      }))
      sayJson({ statePath, lanes, quarantine })
    } else if (shown.length === 0) {
      say(`No pipeline was ever started with the state ${statePath}.`)
    } else {
      say(statePath)
      for (const { row, unread } of shown) for (const line of describe(row, unread, now)) say(line, 16)
      for (const line of describeQuarantine(quarantine)) say(line, 4)
    }
  } finally {
    await state.close()
  }
  return exitCode.done
}

/** None if the cursor is of another source: null says that everything is read. */
function leftOf(row: StateRow): { readonly backlogLeft?: BacklogLeft | null } {
  const unread = isTimeRange(row) ? rangeLeft(row.cursor) : 'unknown'
  return unread === 'unknown' ? {} : { backlogLeft: unread ?? null }
}

function describe(row: StateRow, unread: string | undefined, now: number): string[] {
  const { pipeline, lane, delivered, quarantined, newestAt, readBy, committedAt } = row
  const newest = newestAt === undefined ? 'none yet' : `${newestAt} (${age(now - Date.parse(newestAt))} ago)`
  const saved =
    committedAt === null
      ? 'never: the pipeline was started but has delivered nothing yet'
      : `${committedAt} (${age(now - Date.parse(committedAt))} ago)`
  return [
    '',
    // The name of a replay says it already.
    lane === replayLane ? pipeline : `${pipeline} (${lane})`,
    `  delivered     ${delivered.toLocaleString('en')} events`,
    `  quarantined   ${quarantined.toLocaleString('en')}${quarantined > 0 ? ' over all runs, with those replayed or discarded since' : ''}`,
    `  newest event  ${newest}`,
    `  last saved    ${saved}`,
    ...(readBy === undefined ? [] : [`  read by       ${readBy} (its request brought the last page)`]),
    ...(isTimeRange(row) ? [`  left to read  ${left(rangeLeft(row.cursor))}`] : []),
    ...(unread === undefined ? [] : [`  retention     ${retention(unread, now)}`]),
  ]
}

function describeQuarantine(counts: readonly QuarantineCount[]): string[] {
  if (counts.length === 0) return []
  const lines = counts.map(
    ({ pipeline, kind, code, entries }) =>
      `  ${entries.toLocaleString('en')} ${kind} with the code ${code}, of ${pipeline}`,
  )
  return ['', 'In quarantine now', ...lines]
}

function left(unread: BacklogLeft | 'unknown' | undefined): string {
  if (!unread) return 'nothing, everything is read'
  if (unread === 'unknown') return 'unknown: its position is of another source, or of a later version'
  const { from = 'the oldest event', until } = unread
  if (until === undefined) return `from ${from} up to the start of the next run`
  return `from ${from} to ${until}; it then waits for late events until the settled window is over`
}

function retention(unread: string, now: number): string {
  const left = deletedInMs(unread, now)
  if (left > 0) return `the oldest event that may be unread is deleted in ${age(left)}`
  const gone = new Date(now - retentionMs).toISOString()
  if (unread === fromTheOldest) return `events before ${gone} are deleted, and none has been read yet`
  return `events from ${unread} to ${gone} may be lost if they were not read`
}
