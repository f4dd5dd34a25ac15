import type { PipelineSummary, State, StoredQuarantineEntry } from '@asana-audit/core'
import { type BacklogLeft, backlogLeft, retentionMs } from '@asana-audit/core/backlog'
import { openEnd, openStart } from '@asana-audit/core/ledger'
import { existingState } from '../config/existing-state.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { withStateFlags } from '../flags/state-flags.ts'
import { openState } from '../pipelines/open-state.ts'
import { type StateRow, withUnsaved } from '../pipelines/state-rows.ts'
import { age } from '../progress/age.ts'
import { deletedInMs } from '../progress/retention-clock.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings } from '../terminal/problem.ts'
import { say, sayJson } from '../terminal/say.ts'

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
  const state = await openState(location)
  const now = Date.now()
  try {
    const pipelines = await state.pipelines()
    const quarantine = await quarantineByCode(state)
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
        ...(isTimeRange(row) && { backlogLeft: backlogLeft(row.cursor) ?? null }),
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

/** A backlog or a backfill: it ends, unlike the row of new events. */
function isTimeRange(row: StateRow): row is StateRow & { readonly cursor: string } {
  return row.cursor !== null && (row.lane === 'backlog' || row.lane === 'backfill')
}

/** Stands for the oldest event Asana has, which it may delete at any moment. */
const fromTheOldest = new Date(0).toISOString()

/** From this time on there may be unread events. Undefined if all are read. */
function unreadFrom(row: StateRow, pipeline: PipelineSummary | undefined): string | undefined {
  const left = isTimeRange(row) ? backlogLeft(row.cursor) : { from: undefined }
  if (!left) return undefined
  if (row.newestAt !== undefined) return row.newestAt
  const started = pipeline?.asked.find(({ until }) => until === openEnd)?.from ?? openStart
  return left.from ?? new Date(started).toISOString()
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
    `${pipeline} (${lane})`,
    `  delivered     ${delivered.toLocaleString('en')} events`,
    `  in quarantine ${quarantined.toLocaleString('en')} over all runs`,
    `  newest event  ${newest}`,
    `  last saved    ${saved}`,
    ...(readBy === undefined ? [] : [`  read by       ${readBy} (its request brought the last page)`]),
    ...(isTimeRange(row) ? [`  left to read  ${left(backlogLeft(row.cursor))}`] : []),
    ...(unread === undefined ? [] : [`  retention     ${retention(unread, now)}`]),
  ]
}

/** How many entries with one pipeline, kind and code are in quarantine now. */
interface QuarantineCount extends Pick<StoredQuarantineEntry, 'pipeline' | 'kind' | 'code'> {
  readonly entries: number
}

/** Sorted by pipeline, then the most frequent code first. Entries that were replayed or discarded are not counted. */
async function quarantineByCode(state: Pick<State, 'quarantine'>): Promise<QuarantineCount[]> {
  const counts = new Map<string, QuarantineCount>()
  for await (const { pipeline, kind, code } of state.quarantine()) {
    const key = JSON.stringify([pipeline, kind, code])
    counts.set(key, { pipeline, kind, code, entries: (counts.get(key)?.entries ?? 0) + 1 })
  }
  return [...counts.values()].sort((a, b) =>
    a.pipeline === b.pipeline ? b.entries - a.entries : a.pipeline < b.pipeline ? -1 : 1,
  )
}

function describeQuarantine(counts: readonly QuarantineCount[]): string[] {
  if (counts.length === 0) return []
  const lines = counts.map(
    ({ pipeline, kind, code, entries }) =>
      `  ${entries.toLocaleString('en')} ${kind} with the code ${code}, of ${pipeline}`,
  )
  return ['', 'In quarantine now', ...lines]
}

function left(unread: BacklogLeft | undefined): string {
  if (!unread) return 'nothing, everything is read'
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
