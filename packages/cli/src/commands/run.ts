import { isFault } from '@asana-audit/core'
import { describeProblems } from '../config/problem.ts'
import { type Flags, readSettings } from '../config/read-settings.ts'
import { parseDuration } from '../config/time.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { openState } from '../open-state.ts'
import { logReporter } from '../report/log-reporter.ts'
import { progressReporter } from '../report/progress-reporter.ts'
import { type PipelineResult, runPipelines } from '../run-pipelines.ts'
import { stopSignals } from '../stop-signals.ts'

export interface RunFlags extends Flags {
  readonly once?: boolean
  readonly exitOnFatal?: boolean
  readonly giveUpAfter?: string
  readonly onUncertain?: 'quarantine' | 'stop'
  readonly log?: 'human' | 'json'
}

/** Faults of the state that a changed configuration mends. */
const configurationCodes = new Set(['filters_changed', 'foreign_state', 'newer_state'])

export async function run(flags: RunFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  const problems = 'problems' in reading ? [...reading.problems] : []
  const giveUpAfterMs = flags.giveUpAfter === undefined ? undefined : parseDuration(flags.giveUpAfter)
  if (flags.giveUpAfter !== undefined && giveUpAfterMs === undefined) {
    problems.push({ setting: '--give-up-after', message: 'Give a duration, for example 15m.' })
  }
  if ('problems' in reading || problems.length > 0) {
    process.stderr.write(describeProblems(problems))
    return exitCode.wrongConfiguration
  }
  const { settings } = reading
  const human = flags.log === undefined ? process.stderr.isTTY : flags.log === 'human'
  const reporter = human ? progressReporter({ output: process.stderr }) : logReporter(process.stderr)
  const signal = stopSignals((name) => reporter.stopping(name))
  try {
    const state = await openState(settings, settings.pipelines, reporter.stateWarning)
    try {
      reporter.started(
        settings.pipelines.map(({ name }) => name),
        settings.statePath,
      )
      const results = await runPipelines({
        settings,
        state,
        once: flags.once ?? false,
        exitOnFatal: flags.exitOnFatal ?? false,
        giveUpAfterMs,
        onUncertain: flags.onUncertain,
        signal,
        report: reporter,
      })
      reporter.finished(results)
      return codeOf(results)
    } finally {
      await state.close()
    }
  } catch (error) {
    if (!isFault(error)) throw error
    reporter.failed(error)
    return exitCodeOf(error)
  }
}

function codeOf(results: readonly PipelineResult[]): ExitCode {
  const faults = results.flatMap(({ fault }) => fault ?? [])
  if (faults.some(({ code }) => !configurationCodes.has(code))) return exitCode.failed
  if (faults.length > 0) return exitCode.wrongConfiguration
  return results.some(({ delivered }) => delivered.quarantined > 0) ? exitCode.quarantined : exitCode.done
}

/** For faults that come before any pipeline runs. */
export function exitCodeOf(error: unknown): ExitCode {
  return isFault(error) && configurationCodes.has(error.code) ? exitCode.wrongConfiguration : exitCode.failed
}
