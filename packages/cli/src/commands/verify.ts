import { type DurableState, type Fault, isFault } from '@asana-audit/core'
import { millisOf } from '@asana-audit/schema/lossless'
import { existingStateProblems } from '../config/existing-state.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import { readSettings, type Settings } from '../config/read-settings.ts'
import { readStatePath } from '../config/state-path.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { delivery, examples, helpEnd } from '../flags/help.ts'
import { requestsPerMinute, withPipelineFlags } from '../flags/pipeline-flags.ts'
import { openExistingState } from '../pipelines/open-state.ts'
import { faultCode } from '../pipelines/result-code.ts'
import { sharedReaders, sharingGroups } from '../pipelines/run/shared-readers.ts'
import { tokenBudgets } from '../pipelines/run/token-budgets.ts'
import { repairPipeline } from '../pipelines/verify/repair-pipeline.ts'
import { rewrittenEvents } from '../pipelines/verify/rewritten-events.ts'
import type { VerifyWindow } from '../pipelines/verify/verify-limits.ts'
import { type Verified, type VerifyOptions, verifyPipeline } from '../pipelines/verify/verify-pipeline.ts'
import { differs, resultOf, sayVerified, verifyJson } from '../pipelines/verify/verify-report.ts'
import { type WatchedReading, watchedReading } from '../pipelines/verify/watched-reading.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { sayJson } from '../terminal/say.ts'

const define = () =>
  withPipelineFlags('verify', 'compare from this time on (default: everything in the ledger)')
    .option(
      '--until <time>',
      'compare up to this time (default: the newest event or the last end of the log, less the settled window)',
    )
    .addOption(requestsPerMinute)
    .option('--repair', 'deliver the hours that differ again, with all their events; stop "run" first')
    .option('--json', 'print the hours as JSON')
    .addHelpText('before', examples('verify --to otlp --since 7d', 'verify --config pipelines.yaml --repair'))
    .addHelpText(
      'after',
      '\nThe form of what is delivered (--format, --hec-format, --archive-formats,\n--parse-user-agent, --geo-file, --asn-file, --provenance) counts with --repair.',
    )
    .addHelpText(
      'after',
      helpEnd(
        delivery,
        '0 the hours are the same, 1 hours differ, events are uncertain, or\nnothing was compared, 2 wrong configuration.',
      ),
    )

type VerifyFlags = FlagsOf<typeof define>

/** `asana-audit verify`. */
export const verifyCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await verify(flags)))

/** Reads a window of Asana again and compares it, hour by hour, with what the destination accepted. */
async function verify({ since, until, ...flags }: VerifyFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env, [], { opensDestinations: flags.repair ?? false })
  const problems: Problem[] = 'problems' in reading ? [...reading.problems] : []
  const location = await readStatePath(flags, process.env)
  if (!('problems' in location)) problems.push(...(await existingStateProblems(location, process.env)))
  const range = timeRange({ since, until }, problems)
  if ('problems' in reading || problems.length > 0) return invalidSettings(problems)
  const window = { since: millisOf(range.since), until: millisOf(range.until) }
  const { settings } = reading
  const state = await openExistingState(settings, settings.pipelines)
  const results: Verified[] = []
  const watched = watchedReading()
  let worst: ExitCode = exitCode.done
  try {
    for await (const found of verifyAll(settings, { state, window, watched }, flags.repair ?? false)) {
      if ('fault' in found) {
        // The other pipelines can still be compared.
        const { code, message } = found.fault
        watched.tell({ code, message: `✗ ${found.pipeline}: ${message}` })
        if (worst !== exitCode.failed) worst = faultCode(found.fault)
      } else {
        results.push(found)
        // A comparison that could not be made must not look like one without differences.
        if (resultOf(found) !== 'same') worst = exitCode.failed
      }
    }
  } finally {
    watched.stop()
    await state.close()
  }
  if (flags.json) sayJson(results.map(verifyJson))
  else for (const one of results) sayVerified(one)
  return worst
}

interface NotVerified {
  readonly pipeline: string
  readonly fault: Fault
}

/** Pipelines that read the same workspace are compared at the same time, for the requests of one; the others one after the other. */
async function* verifyAll(
  settings: Settings,
  common: { readonly state: DurableState; readonly window: VerifyWindow; readonly watched: WatchedReading },
  repair: boolean,
): AsyncGenerator<Verified | NotVerified> {
  const budgets = tokenBudgets(settings)
  for (const group of sharingGroups(settings.pipelines)) {
    const readers = sharedReaders(group)
    const compared = await Promise.all(
      group.map(async (pipeline) => {
        const shared = readers.get(pipeline)
        const options = { ...common, budget: budgets(pipeline) }
        const found = await orFault(pipeline, () => verifyPipeline(pipeline, { ...options, shared }))
        shared?.close()
        return { pipeline, options, found }
      }),
    )
    for (const { pipeline, options, found } of compared) {
      if ('fault' in found) {
        yield found
        continue
      }
      const rewritten = await rewrittenEvents(found, pipeline, settings.pipelines, options)
      const named = { ...found, rewritten }
      yield repair
        ? await orFault(pipeline, () => repaired(pipeline, settings.resource, options, named))
        : named
    }
  }
}

async function orFault(
  { name }: PipelineSettings,
  work: () => Promise<Verified>,
): Promise<Verified | NotVerified> {
  try {
    return await work()
  } catch (error) {
    if (!isFault(error)) throw error
    return { pipeline: name, fault: error }
  }
}

/** What is different is delivered again and compared once more. */
async function repaired(
  pipeline: PipelineSettings,
  resource: Settings['resource'],
  options: VerifyOptions,
  verified: Verified,
): Promise<Verified> {
  const differing = verified.hours.filter(differs)
  if (differing.length === 0) return verified
  const repeats = differing.reduce((sum, { delivered }) => sum + delivered, 0)
  const hours = differing.map(({ hour }) => hour)
  const again =
    hours.length === 1 ? 'one hour again with all its' : `${hours.length} hours again with all their`
  const message = `${pipeline.name}: delivering ${again} events; ${repeats === 1 ? 'one event arrives' : `${repeats} events arrive`} twice.`
  options.watched.tell({ code: 'repair', message })
  await repairPipeline(pipeline, resource, options, hours)
  return verifyPipeline(pipeline, options)
}
