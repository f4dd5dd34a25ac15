import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import {
  asanaCursorAt,
  type BacklogLeft,
  backlogLeft,
  hourOf,
  type LaneSummary,
  retentionMs,
  rewoundBacklog,
} from '@asana-audit/core'
import type { SqliteState } from '@asana-audit/core/sqlite-state'
import { parseMillis } from '@asana-audit/schema'
import { existingState } from '../config/existing-state.ts'
import { type Problem, refused } from '../config/problem.ts'
import { readStatePath, type StateFlags, type StatePath } from '../config/state-path.ts'
import { missingUnit, parseTime } from '../config/time.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { fileProblem } from '../investigate/source-settings.ts'
import { openState } from '../open-state.ts'
import { age } from '../report/progress-reporter.ts'
import { deletedInMs } from '../report/retention-clock.ts'

export async function stateShow(flags: StateFlags & { readonly json?: boolean }): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  if ('problems' in place) return refused(place.problems)
  const { statePath } = place
  const lanes = await lookInto(place, (state) => state.lanes())
  if (flags.json) {
    const now = Date.now()
    const rows = lanes.map((lane) => ({
      ...lane,
      ...(isClosedTime(lane) && { backlogLeft: backlogLeft(lane.cursor) ?? null }),
      deletedInMs: deletedInMs(unreadFrom(lane), now),
    }))
    process.stdout.write(`${JSON.stringify({ statePath, lanes: rows })}\n`)
  } else if (lanes.length === 0) {
    process.stdout.write(`Nothing has been delivered yet with the state ${statePath}.\n`)
  } else process.stdout.write(`${statePath}\n${lanes.map((lane) => describe(lane, Date.now())).join('')}`)
  return exitCode.done
}

export interface RewindFlags extends StateFlags {
  readonly to: string
  readonly pipeline?: string
}

/** What follows the time is delivered again by the next run, which may also bring other filters. */
export async function stateRewind(flags: RewindFlags): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  const problems: Problem[] = 'problems' in place ? [...place.problems] : []
  const time = parseTime(flags.to, Date.now())
  if (time === undefined) {
    const wrong = missingUnit(flags.to, 'd') ?? `${JSON.stringify(flags.to)} cannot be used.`
    const good = 'Give a time, a date or an age: 2026-01-31T08:00:00Z, 2026-01-31 or 7d.'
    problems.push({ setting: '--to', message: `${wrong} ${good}` })
  }
  if ('problems' in place) return refused(problems)
  const { statePath } = place
  const lanes = await lookInto(place, (state) => state.lanes())
  const names = [...new Set(lanes.map(({ pipeline }) => pipeline))]
  const pipeline = flags.pipeline ?? (names.length === 1 ? names[0] : undefined)
  if (pipeline === undefined || !names.includes(pipeline)) {
    const known = names.length > 0 ? `It holds: ${names.join(', ')}.` : 'It holds none.'
    problems.push({ setting: '--pipeline', message: `Name a pipeline of the state ${statePath}. ${known}` })
  }
  if (problems.length > 0 || time === undefined || pipeline === undefined) return refused(problems)
  // The ledger counts by the hour, so a rewind goes to the start of one.
  const hour = hourOf(parseMillis(time) ?? 0)
  const cursorOf = (name: string): string | undefined =>
    lanes.find(({ pipeline: of, lane }) => of === pipeline && lane === name)?.cursor
  const reached = { backlog: cursorOf('backlog'), live: cursorOf('live') }
  const { cursor, from } = rewoundBacklog(reached, hour)
  const to = new Date(from).toISOString()
  const state = await openState(place)
  try {
    const claim = await state.claim(pipeline)
    // The backlog first: from then on the next run divides the time anew.
    await claim.rewind('backlog', cursor, from)
    await claim.rewind('live', asanaCursorAt(to), from)
    await claim.drop('backfill')
    await claim.release()
  } finally {
    await state.close()
  }
  process.stdout.write(`${pipeline} goes on from ${to}; what it delivered since then comes again.\n`)
  if (from < hour) {
    process.stdout.write('That is earlier than asked for: what comes after it was not delivered yet.\n')
  }
  if (cursorOf('backfill') !== undefined) {
    process.stdout.write(
      'Its `backfill` that was interrupted is forgotten; start it again if it is still wanted.\n',
    )
  }
  return exitCode.done
}

export async function stateExport(flags: StateFlags): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  if ('problems' in place) return refused(place.problems)
  await lookInto(place, async (state) => {
    for await (const line of state.export()) process.stdout.write(`${line}\n`)
  })
  return exitCode.done
}

export async function stateImport(file: string, flags: StateFlags): Promise<ExitCode> {
  const place = readStatePath(flags, process.env)
  const problems: Problem[] = 'problems' in place ? [...place.problems] : []
  const unreadable = fileProblem(resolve(file))
  if (unreadable !== undefined) problems.push({ setting: 'file', message: unreadable })
  if ('problems' in place || problems.length > 0) return refused(problems)
  const state = await openState(place)
  try {
    await state.import(createInterface({ input: createReadStream(file) }))
  } finally {
    await state.close()
  }
  process.stdout.write(`${file} is now part of the state ${place.statePath}.\n`)
  return exitCode.done
}

async function lookInto<T>(place: StatePath, look: (state: SqliteState) => Promise<T>): Promise<T> {
  const state = await openState(place)
  try {
    return await look(state)
  } finally {
    await state.close()
  }
}

/** Such a row ends; new events are the other. */
function isClosedTime({ lane }: LaneSummary): boolean {
  return lane === 'backlog' || lane === 'backfill'
}

/** From where on something may be unread; undefined where nothing is. */
function unreadFrom(summary: LaneSummary): string | undefined {
  return isClosedTime(summary) && !backlogLeft(summary.cursor) ? undefined : summary.newestAt
}

function describe(summary: LaneSummary, now: number): string {
  const { pipeline, lane, delivered, quarantined, newestAt, committedAt } = summary
  const newest = newestAt === undefined ? 'none yet' : `${newestAt} (${age(now - Date.parse(newestAt))} ago)`
  const unread = unreadFrom(summary)
  return (
    `\n${pipeline} (${lane})\n` +
    `  delivered     ${delivered.toLocaleString('en')} events\n` +
    `  in quarantine ${quarantined.toLocaleString('en')} over all runs\n` +
    `  newest event  ${newest}\n` +
    `  last saved    ${committedAt} (${age(now - Date.parse(committedAt))} ago)\n` +
    (isClosedTime(summary) ? `  left to read  ${left(backlogLeft(summary.cursor))}\n` : '') +
    (unread === undefined ? '' : `  retention     ${retention(unread, now)}\n`)
  )
}

function left(unread: BacklogLeft | undefined): string {
  if (!unread) return 'nothing: all was read, and late events have had their time'
  const { from = 'the oldest event', until } = unread
  if (until === undefined) return `from ${from} up to the start of the next run`
  return `from ${from} to ${until},\n                and what comes late, until the end lies the settled window back`
}

function retention(newestAt: string, now: number): string {
  const left = deletedInMs(newestAt, now) ?? 0
  if (left > 0) return `the oldest event that may be unread is deleted in ${age(left)}`
  return `events from ${newestAt} to ${new Date(now - retentionMs).toISOString()} may be lost if they were not read`
}
