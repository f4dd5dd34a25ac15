import { type DurableState, toFault } from '@asana-audit/core'
import { existingState, existingStateProblems } from '../config/existing-state.ts'
import { readNamedPipelines } from '../config/named-pipelines.ts'
import type { StatePath } from '../config/state-path.ts'
import { missingUnit, parseDuration } from '../config/times/time.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { withStateFlags } from '../flags/state-flags.ts'
import { openExistingState } from '../pipelines/open-state.ts'
import { withUnsaved } from '../progress/lag/state-rows.ts'
import { replayLane } from '../progress/lane.ts'
import { age } from '../progress/words/age.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem, type Warning } from '../terminal/problem.ts'
import { say, sayJson } from '../terminal/say.ts'
import { shellWord } from '../terminal/shell-word.ts'

const define = () =>
  withStateFlags('health')
    .addHelpText(
      'before',
      examples('health', 'health --max-age 30m', 'health --config pipelines.yaml --json'),
    )
    .option(
      '--max-age <duration>',
      'ask something else: has each pipeline saved its position within this time, for example 30m? For cron and alarms; it fails while a destination is down',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWith --config only the pipelines of that file count, else all that the state\nknows. Secrets are not read.\n\n' +
        'Exit status: 0 healthy, 1 not healthy, 2 wrong configuration or no state yet.',
    )

/** `asana-audit health`. */
export const healthCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await health(flags)))

/** A pipeline as the state and its lock show it. */
interface PipelineHealth {
  readonly pipeline: string
  /** Whether a process runs it now. */
  readonly running: boolean
  readonly committedAt: string | null
  readonly problem: Warning | null
}

interface Asked extends StatePath {
  /** Undefined: all that the state knows. */
  readonly names: readonly string[] | undefined
  readonly maxAgeMs: number | undefined
  /** The command that runs these pipelines. */
  readonly start: string
}

async function health(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const asked = await whatIsAsked(flags)
  if ('problems' in asked) return invalidSettings(asked.problems)
  const { statePath, maxAgeMs } = asked
  const { pipelines, problem } = await healthOf(asked)
  const problems = [problem, ...pipelines.map((one) => one.problem)].filter((one) => one !== null)
  const healthy = problems.length === 0
  if (flags.json) sayJson({ healthy, statePath, problems, pipelines })
  else if (healthy) say(`Healthy: ${praise(pipelines.length, maxAgeMs)}.`)
  else for (const { message } of problems) say(`✗ ${message}`)
  return healthy ? exitCode.done : exitCode.failed
}

function praise(count: number, maxAgeMs: number | undefined): string {
  const [are, their] =
    count === 1 ? ['one pipeline is', 'its position'] : [`${count} pipelines are`, 'positions']
  if (maxAgeMs === undefined) return `${are} running`
  return `${are.replace(/ \S+$/, '')} saved ${their} within ${age(maxAgeMs)}`
}

async function whatIsAsked(
  flags: FlagsOf<typeof define>,
): Promise<Asked | { readonly problems: readonly Problem[] }> {
  const maxAgeMs = flags.maxAge === undefined ? undefined : parseDuration(flags.maxAge)
  const problems: Problem[] = []
  if (flags.maxAge !== undefined && maxAgeMs === undefined) {
    const message = missingUnit(flags.maxAge, 'm') ?? 'Give a duration, for example 30m.'
    problems.push({ setting: '--max-age', message })
  }
  if (flags.config === undefined) {
    const location = await existingState(flags, process.env)
    if ('problems' in location) return { problems: [...problems, ...location.problems] }
    return problems.length > 0
      ? { problems }
      : { ...location, names: undefined, maxAgeMs, start: 'asana-audit run' }
  }
  const found = await readNamedPipelines({ config: flags.config, state: flags.state }, process.env)
  if ('problems' in found) return { problems: [...problems, ...found.problems] }
  problems.push(...(await existingStateProblems(found, process.env)))
  const start = `asana-audit run --config ${shellWord(flags.config)}`
  return problems.length > 0 ? { problems } : { ...found, maxAgeMs, start }
}

interface Health {
  readonly pipelines: readonly PipelineHealth[]
  /** Of the state itself. */
  readonly problem: Warning | null
}

async function healthOf(asked: Asked): Promise<Health> {
  try {
    const state = await openExistingState(asked)
    try {
      await state.probe()
      return {
        pipelines: await pipelinesIn(state, asked),
        problem: noneKnown(await state.pipelines(), asked),
      }
    } finally {
      await state.close()
    }
  } catch (error) {
    const { code, message } = toFault(error)
    // As with a file that is not there.
    if (code === 'no_state') throw error
    return { pipelines: [], problem: { code, message } }
  }
}

function noneKnown(known: readonly unknown[], { statePath, names }: Asked): Warning | null {
  if (known.length > 0 || names !== undefined) return null
  const message = `No pipeline was ever started with the state ${statePath}.`
  return { code: 'never_started', message }
}

async function pipelinesIn(
  state: Pick<DurableState, 'isRunning' | 'lanes' | 'pipelines'>,
  { names, maxAgeMs, start }: Asked,
): Promise<PipelineHealth[]> {
  const known = await state.pipelines()
  const rows = new Map(
    withUnsaved(await state.lanes(), known)
      .filter(({ lane }) => lane === 'live')
      .map((row) => [row.pipeline, row]),
  )
  const lanes = Map.groupBy(await state.lanes(), ({ pipeline }) => pipeline)
  // A replay ends by itself, so it need not run.
  const isReplay = (pipeline: string): boolean =>
    lanes.get(pipeline)?.every(({ lane }) => lane === replayLane) ?? false
  const asked = names ?? known.map(({ pipeline }) => pipeline).filter((pipeline) => !isReplay(pipeline))
  const found: PipelineHealth[] = []
  for (const pipeline of asked) {
    const running = await state.isRunning(pipeline)
    const committedAt = rows.get(pipeline)?.committedAt ?? null
    const problem =
      maxAgeMs === undefined ? stopped(pipeline, running, start) : old(pipeline, committedAt, maxAgeMs)
    // It has saved nothing at all, so the name may be a mistyped one.
    const mayBeMistaken = names === undefined && !running && !lanes.has(pipeline)
    found.push({
      pipeline,
      running,
      committedAt,
      problem: problem && mayBeMistaken ? withWayOut(problem) : problem,
    })
  }
  return found
}

function stopped(pipeline: string, running: boolean, start: string): Warning | null {
  if (running) return null
  return { code: 'not_running', message: `${pipeline} is not running. Start it: ${start}.` }
}

function withWayOut({ code, message }: Warning): Warning {
  const wayOut =
    'If it was started by mistake, give --config FILE: then only the pipelines of that file count. Or delete it with state forget.'
  return { code, message: `${message} ${wayOut}` }
}

function old(pipeline: string, committedAt: string | null, maxAgeMs: number): Warning | null {
  const step = 'The log of run, or state show, says why.'
  if (committedAt === null)
    return { code: 'never_saved', message: `${pipeline} has never saved its position. ${step}` }
  const ageMs = Date.now() - Date.parse(committedAt)
  if (Math.abs(ageMs) <= maxAgeMs) return null
  if (ageMs < 0) {
    const message = `${pipeline} last saved its position at ${committedAt}, which is in the future: a clock was wrong then, or is wrong now, so nobody knows when that was. ${step}`
    return { code: 'not_saved', message }
  }
  const message = `${pipeline} last saved its position ${age(ageMs)} ago, at ${committedAt}. ${step}`
  return { code: 'not_saved', message }
}
