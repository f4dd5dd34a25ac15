import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { asanaCursorAt, backlogLeft, rewoundBacklog } from '@asana-audit/core/backlog'
import { hourOf } from '@asana-audit/core/ledger'
import type { SqliteState } from '@asana-audit/core/sqlite-state'
import { millisAt } from '@asana-audit/schema/lossless'
import { existingState } from '../config/existing-state.ts'
import { readStatePath, type StatePath } from '../config/state-path.ts'
import { missingUnit, parseTime } from '../config/time.ts'
import { partDeleted, timeLimits } from '../config/time-limits.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { type StateFlags, withStateFlags } from '../flags/state-flags.ts'
import { fileProblem } from '../input/source-settings.ts'
import { openState } from '../pipelines/open-state.ts'
import { textOutput } from '../query/text-output.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { type Problem, refused } from '../terminal/problem.ts'
import { safeJson } from '../terminal/safe-text.ts'
import { say } from '../terminal/say.ts'

const defineRewind = () =>
  withStateFlags('rewind')
    .description(
      'Let a pipeline go on from a time: what it delivered since then comes again. Not beside a runner.',
    )
    .requiredOption('--to <time>', 'a time, a date or an age')
    .option('--pipeline <name>', 'which one, if the state holds several')
    .addHelpText('before', examples('state rewind --to 7d', 'state rewind --to 2026-01-31 --pipeline acme'))

/** `asana-audit state rewind`. */
export const stateRewindCommand = (done: Done): AnyCommand =>
  defineRewind().action(async (flags) => done(await stateRewind(flags)))

/** What follows the time is delivered again by the next run, which may also bring other filters. */
async function stateRewind(flags: FlagsOf<typeof defineRewind>): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  const problems: Problem[] = 'problems' in place ? [...place.problems] : []
  const time = parseTime(flags.to, Date.now())
  if (time === undefined) {
    const wrong = missingUnit(flags.to, 'd') ?? `${JSON.stringify(flags.to)} cannot be used.`
    const good = 'Give a time, a date or an age: 2026-01-31T08:00:00Z, 2026-01-31 or 7d.'
    problems.push({ setting: '--to', message: `${wrong} ${good}` })
  }
  const { since: future } = timeLimits({ since: time, until: undefined }, Date.now())
  if (future !== undefined) {
    const good = 'Give a time, a date or an age that has passed: 2026-01-31T08:00:00Z, 2026-01-31 or 7d.'
    problems.push({ setting: '--to', message: `${future} ${good}` })
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
  const hour = hourOf(millisAt(time))
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
  say(`${pipeline} goes on from ${to}; what it delivered since then comes again.`)
  const deleted = partDeleted({ since: to }, Date.now())
  if (deleted !== undefined) say(deleted)
  if (from < hour) {
    say('That is earlier than asked for: what comes after it was not delivered yet.')
  }
  const backfill = cursorOf('backfill')
  if (backfill !== undefined && backlogLeft(backfill)) {
    say('Its `backfill` that was interrupted is forgotten; start it again if it is still wanted.')
  }
  return exitCode.done
}

/** `asana-audit state export`. */
export const stateExportCommand = (done: Done): AnyCommand =>
  withStateFlags('export')
    .description('Print positions, recent ids and the quarantine as JSON lines. Works beside a runner.')
    .addHelpText('before', examples('state export > state.jsonl'))
    .action(async (flags) => done(await stateExport(flags)))

async function stateExport(flags: StateFlags): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  if ('problems' in place) return refused(place.problems)
  await lookInto(place, async (state) => {
    const output = textOutput(process.stdout, () => {})
    for await (const line of state.export()) {
      output.write(`${safeJson(line)}\n`)
      if (!(await output.ready())) return
    }
    await output.end()
  })
  return exitCode.done
}

/** `asana-audit state import`. */
export const stateImportCommand = (done: Done): AnyCommand =>
  withStateFlags('import')
    .argument('<file>', 'what state export printed')
    .description('Take an export into a state that does not have its pipelines. Not beside a runner.')
    .addHelpText('before', examples('state import state.jsonl --state /var/lib/asana-audit/state.db'))
    .action(async (file, flags) => done(await stateImport(file, flags)))

async function stateImport(file: string, flags: StateFlags): Promise<ExitCode> {
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
  say(`${file} is now part of the state ${place.statePath}.`)
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
