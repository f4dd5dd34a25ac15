import { isFault, type State } from '@asana-audit/core'
import { millisOf } from '@asana-audit/schema/lossless'
import { missingState } from '../config/existing-state.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import { readSettings, type Settings } from '../config/read-settings.ts'
import { readStatePath } from '../config/state-path.ts'
import { timeRange } from '../config/time-range.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { environment, examples } from '../flags/help.ts'
import { withPipelineFlags } from '../flags/pipeline-flags.ts'
import { openState } from '../pipelines/open-state.ts'
import { repairPipeline } from '../pipelines/repair-pipeline.ts'
import { faultCode } from '../pipelines/result-code.ts'
import type { VerifyWindow } from '../pipelines/verify-limits.ts'
import { type Verified, verifyPipeline } from '../pipelines/verify-pipeline.ts'
import { resultOf, sayVerified, verifyJson } from '../pipelines/verify-report.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { sayJson, sayOnStderr } from '../terminal/say.ts'

const define = () =>
  withPipelineFlags('verify', 'compare from this time on (default: everything in the ledger)')
    .option(
      '--until <time>',
      'compare up to this time (default: the newest event delivered, less the settled window)',
    )
    .option('--repair', 'deliver the hours that differ again, with all their events; stop "run" first')
    .option('--json', 'print the hours as JSON')
    .addHelpText('before', examples('verify --to otlp --since 7d', 'verify --config pipelines.yaml --repair'))
    .addHelpText('after', environment)

type VerifyFlags = FlagsOf<typeof define>

/** `asana-audit verify`. */
export const verifyCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await verify(flags)))

/** Reads a window of Asana again and compares it, hour by hour, with what the destination accepted. */
async function verify({ since, until, ...flags }: VerifyFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  const problems: Problem[] = 'problems' in reading ? [...reading.problems] : []
  const location = await readStatePath(flags, process.env)
  if (!('problems' in location)) problems.push(...missingState(location))
  const range = timeRange({ since, until }, problems)
  if ('problems' in reading || problems.length > 0) return invalidSettings(problems)
  const window = { since: millisOf(range.since), until: millisOf(range.until) }
  const { settings } = reading
  const state = await openState(settings, settings.pipelines)
  const results: Verified[] = []
  let worst: ExitCode = exitCode.done
  try {
    for (const pipeline of settings.pipelines) {
      try {
        const verified = await verifyOne(pipeline, settings, state, window, flags.repair ?? false)
        results.push(verified)
        // A comparison that could not be made must not look like one without differences.
        if (resultOf(verified) !== 'same') worst = exitCode.failed
      } catch (error) {
        if (!isFault(error)) throw error
        // The other pipelines can still be compared.
        sayOnStderr(`✗ ${pipeline.name}: ${error.message}`)
        if (worst !== exitCode.failed) worst = faultCode(error)
      }
    }
  } finally {
    await state.close()
  }
  if (flags.json) sayJson(results.map(verifyJson))
  else for (const one of results) sayVerified(one)
  return worst
}

async function verifyOne(
  pipeline: PipelineSettings,
  settings: Settings,
  state: State,
  window: VerifyWindow,
  repair: boolean,
): Promise<Verified> {
  const verified = await verifyPipeline(pipeline, settings, state, window)
  const differing = verified.hours.filter(({ same }) => !same)
  if (!repair || differing.length === 0) return verified
  const repeats = differing.reduce((sum, { delivered }) => sum + delivered, 0)
  sayOnStderr(
    `${pipeline.name}: delivering ${differing.length} hours again with all their events; ${repeats} events arrive twice.`,
  )
  const hours = differing.map(({ hour }) => hour)
  await repairPipeline(pipeline, settings, state, hours)
  return verifyPipeline(pipeline, settings, state, window)
}
