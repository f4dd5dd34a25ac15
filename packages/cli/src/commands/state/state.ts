import { resolve } from 'node:path'
import type { DurableState, LaneSummary } from '@asana-audit/core'
import { hourOf } from '@asana-audit/core/ledger'
import { readLines } from '@asana-audit/jsonl'
import { millisAt } from '@asana-audit/schema/lossless'
import { existingState } from '../../config/existing-state.ts'
import { statePlaceProblems } from '../../config/places/place-problems.ts'
import { readStatePath, type StatePath } from '../../config/state-path.ts'
import { missingUnit, parseTime } from '../../config/times/time.ts'
import { partDeleted, timeLimits } from '../../config/times/time-limits.ts'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { type StateFlags, withStateFlags } from '../../flags/state-flags.ts'
import { fileProblem } from '../../input/files/file-problem.ts'
import { fileStream } from '../../input/files/file-stream.ts'
import { withWholeHeads } from '../../pipelines/destination/kept-head.ts'
import { openExistingState, openState } from '../../pipelines/open-state.ts'
import { type Rewound, rewindLanes } from '../../pipelines/rewind-lanes.ts'
import { rangeLeft } from '../../progress/lag/unread.ts'
import { replayLane } from '../../progress/lane.ts'
import { textOutput } from '../../query/text-output.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { safeJson } from '../../terminal/safe-text.ts'
import { say, sayWarning } from '../../terminal/say.ts'

const defineRewind = () =>
  withStateFlags('rewind')
    .description(
      'Move the position of a pipeline back to a time. Later events are delivered again. Stop "run" first.',
    )
    .requiredOption('--to <time>', 'a time, a date or an age')
    .option('--pipeline <name>', 'the pipeline, if the state holds several')
    .addHelpText('before', examples('state rewind --to 7d', 'state rewind --to 2026-01-31 --pipeline acme'))

/** `asana-audit state rewind`. */
export const stateRewindCommand = (done: Done): AnyCommand =>
  defineRewind().action(async (flags) => done(await stateRewind(flags)))

/** The next run delivers the events after this time again. It may also use other filters. */
async function stateRewind(flags: FlagsOf<typeof defineRewind>): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  const problems: Problem[] = 'problems' in location ? [...location.problems] : []
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
  if ('problems' in location) return invalidSettings(problems)
  const { statePath } = location
  const { lanes, pipelines } = await lookInto(location, async (state) => ({
    lanes: await state.lanes(),
    pipelines: (await state.pipelines()).map((one) => one.pipeline),
  }))
  const pipeline = pipelineToRewind(flags.pipeline, { statePath, lanes, pipelines }, problems)
  if (problems.length > 0 || time === undefined || pipeline === undefined) return invalidSettings(problems)
  // The ledger counts by the hour, so a rewind goes to the start of one.
  const hour = hourOf(millisAt(time))
  const state = await openExistingState(location)
  let rewound: Rewound
  try {
    const claim = await state.claim(pipeline)
    rewound = await rewindLanes(claim, pipeline, lanes, hour)
    await claim.release()
  } finally {
    await state.close()
  }
  const { from, wasForeign } = rewound
  const to = new Date(from).toISOString()
  say(`${pipeline} continues from ${to}. Events after that time are delivered again.`)
  const deleted = partDeleted({ since: to }, Date.now())
  if (deleted !== undefined) say(deleted)
  if (from < hour) {
    const why = wasForeign
      ? 'nobody knows whether the events after it are delivered'
      : 'the events after it are not delivered yet'
    say(`That is earlier than you asked for, because ${why}.`)
  }
  if (wasForeign) {
    const message =
      'The position before could not be read: another program made it, or a later version. If events before the new position were not delivered, rewind to an earlier time.'
    sayWarning({ message })
  }
  const backfill = lanes.find((one) => one.pipeline === pipeline && one.lane === 'backfill')?.cursor
  if (backfill !== undefined && rangeLeft(backfill) !== undefined) {
    say('Its interrupted `backfill` was discarded. Start it again if you still need it.')
  }
  return exitCode.done
}

interface Held {
  readonly statePath: string
  readonly lanes: readonly LaneSummary[]
  /** Also those that have saved nothing yet: the user may mean one of them. */
  readonly pipelines: readonly string[]
}

/** The pipeline with this name, or the only one of the state. Undefined if there is none to move back; then `problems` says why. */
function pipelineToRewind(
  wanted: string | undefined,
  { statePath, lanes, pipelines }: Held,
  problems: Problem[],
): string | undefined {
  const rowsOf = (name: string): LaneSummary[] => lanes.filter(({ pipeline }) => pipeline === name)
  // A replay begins again with its own --restart.
  const isReplay = (rows: LaneSummary[]): boolean =>
    rows.length > 0 && rows.every(({ lane }) => lane === replayLane)
  const names = pipelines.filter((name) => !isReplay(rowsOf(name)))
  const pipeline = wanted ?? (names.length === 1 ? names[0] : undefined)
  if (pipeline === undefined || !names.includes(pipeline)) {
    const holds = names.length > 0 ? `It holds: ${names.join(', ')}.` : 'It holds no pipeline.'
    problems.push({ setting: '--pipeline', message: `Name a pipeline of the state ${statePath}. ${holds}` })
    return undefined
  }
  if (rowsOf(pipeline).length > 0) return pipeline
  const message = `${pipeline} was started but has saved no position yet, so there is nothing to move back.`
  problems.push({ setting: '--pipeline', message })
  return undefined
}

/** `asana-audit state export`. */
export const stateExportCommand = (done: Done): AnyCommand =>
  withStateFlags('export')
    .description(
      'Print positions, recent ids and the quarantine as JSON lines. Can be used while "run" is running.',
    )
    .addHelpText('before', examples('state export > state.jsonl'))
    .action(async (flags) => done(await stateExport(flags)))

async function stateExport(flags: StateFlags): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  if ('problems' in location) return invalidSettings(location.problems)
  await lookInto(location, async (state) => {
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
    .argument('<file>', 'the output of state export')
    .description('Import an export into a state that does not have its pipelines yet. Stop "run" first.')
    .addHelpText('before', examples('state import state.jsonl --state /var/lib/asana-audit/state.db'))
    .action(async (file, flags) => done(await stateImport(file, flags)))

async function stateImport(file: string, flags: StateFlags): Promise<ExitCode> {
  const location = await readStatePath(flags, process.env)
  const problems: Problem[] = 'problems' in location ? [...location.problems] : []
  const unreadable = fileProblem(resolve(file))
  if (unreadable !== undefined) problems.push({ setting: 'file', message: unreadable })
  if (!('problems' in location))
    problems.push(...(await statePlaceProblems(location, 'or-make', process.env)))
  if ('problems' in location || problems.length > 0) return invalidSettings(problems)
  const state = await openState(location)
  try {
    await state.import(warningOfNoSum(withWholeHeads(linesIn(file))))
  } finally {
    await state.close()
  }
  say(`${file} is now part of the state ${location.statePath}.`)
  return exitCode.done
}

/** Not by `node:readline`: it also ends a line at U+2028, which JSON.stringify and jq write as it is. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const { bytes } of readLines(fileStream(file))) yield decoder.decode(bytes)
}

/** Gives the lines of an export unchanged, and warns if nothing in them tells whether one is missing or was changed. */
async function* warningOfNoSum(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last: string | undefined
  for await (const line of lines) {
    last = line
    yield line
  }
  if (last === undefined) return
  // Whoever takes the lines goes on only after an object of an export.
  const end = JSON.parse(last) as object
  if (!('end' in end) || 'sha256' in end) return
  const message =
    'rows' in end
      ? 'The export is from an earlier version, which made no checksum. If a value was changed on the way, nobody can tell.'
      : 'The export is from an earlier version, which did not count its lines. If one was lost or changed on the way, nobody can tell.'
  sayWarning({ message })
}

async function lookInto<T>(location: StatePath, look: (state: DurableState) => Promise<T>): Promise<T> {
  const state = await openExistingState(location)
  try {
    return await look(state)
  } finally {
    await state.close()
  }
}
