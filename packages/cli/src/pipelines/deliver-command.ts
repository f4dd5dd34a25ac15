import { isFault } from '@asana-audit/core'
import { type Flags, type ReadOptions, readSettings, type WindowFlag } from '../config/read-settings.ts'
import { readGiveUpAfter } from '../config/times/give-up-after.ts'
import { logForms, logLevels, readChoice, uncertainPolicies } from '../flags/choice.ts'
import type { DeliverFlags } from '../flags/pipeline-flags.ts'
import { logReporter } from '../progress/output/log-reporter.ts'
import { progressReporter } from '../progress/output/progress-reporter.ts'
import { allReporters } from '../progress/reporters/all-reporters.ts'
import { guardedObserver } from '../progress/reporters/guarded-observer.ts'
import type { PipelineResult } from '../progress/reporters/pipeline-result.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { describeProblems, type Problem, type Warning } from '../terminal/problem.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import type { DeliverSettings, Delivery } from './delivery.ts'
import { growHeapSlowly } from './heap-growth.ts'
import { closeObservers, openObservers } from './observers.ts'
import { openState } from './open-state.ts'
import { faultCode, resultCode } from './result-code.ts'

/** The settings of a delivering command. If there are problems, prints all of them on stderr and returns undefined. */
export async function deliverSettings(
  flags: DeliverFlags & Flags,
  more: readonly Problem[] = [],
  withConfig: readonly WindowFlag[] = [],
  own: Pick<ReadOptions, 'token' | 'archives'> = {},
): Promise<DeliverSettings | undefined> {
  const opens = { opensState: 'or-make', opensDestinations: true } as const
  const reading = await readSettings(flags, process.env, withConfig, { ...own, ...opens })
  const problems = 'problems' in reading ? [...reading.problems, ...more] : [...more]
  const onUncertain = readChoice('--on-uncertain', flags.onUncertain, uncertainPolicies, problems)
  const log = readChoice('--log', flags.log, logForms, problems)
  const logLevel = readChoice('--log-level', flags.logLevel, logLevels, problems)
  const giveUpAfterMs = readGiveUpAfter(flags.giveUpAfter, problems)
  if (!('problems' in reading) && problems.length === 0) {
    return { settings: reading.settings, giveUpAfterMs, onUncertain, log, logLevel }
  }
  process.stderr.write(describeProblems(problems))
  return undefined
}

/** Opens the state, reports to a person or a machine, stops at a signal, and turns results into the exit status. */
export async function deliverPipelines(
  found: DeliverSettings,
  lane: string,
  work: (delivery: Delivery) => Promise<PipelineResult[]>,
): Promise<ExitCode> {
  const { settings } = found
  growHeapSlowly()
  const human = found.log === undefined ? process.stderr.isTTY : found.log === 'human'
  const { logLevel: least = 'info' } = found
  const output = process.stderr
  const log = human ? progressReporter({ output, least }) : logReporter(output, Date.now, least)
  let report = log
  const signal = stopSignals((name) => report.stopping(name))
  try {
    const state = await openState(settings, settings.pipelines, (warning) => report.stateWarning(warning))
    let observers: Awaited<ReturnType<typeof openObservers>> = []
    try {
      observers = await openObservers(found, state, log)
      const say = (warning: Warning): void => log.stateWarning(warning)
      report = allReporters([log, ...observers.map((one) => guardedObserver(one, say))])
      const lanes = settings.pipelines.map(({ name }) => ({ pipeline: name, lane }))
      report.started(lanes, settings.statePath, observers.find(({ statusPage }) => statusPage)?.statusPage)
      const results = await work({ ...found, state, signal, report })
      report.finished(results)
      return resultCode(results)
    } finally {
      try {
        await closeObservers(observers)
      } finally {
        await state.close()
      }
    }
  } catch (error) {
    if (!isFault(error)) throw error
    report.failed(error)
    return faultCode(error)
  }
}
