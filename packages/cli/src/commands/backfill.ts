import { isFault, type LaneSummary } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Settings } from '../config/read-settings.ts'
import { unattended } from '../config/times/give-up-after.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { delivery, deliveryStatuses, examples, helpEnd } from '../flags/help.ts'
import { withDeliverFlags } from '../flags/pipeline-flags.ts'
import { backfillPipeline } from '../pipelines/backfill/backfill-pipeline.ts'
import { type BackfillPlan, planBackfill } from '../pipelines/backfill/backfill-plan.ts'
import { sharedSamples } from '../pipelines/backfill/backfill-samples.ts'
import {
  assertSomethingLeft,
  type BackfillTime,
  backfillTime,
  timeLeft,
} from '../pipelines/backfill/backfill-time.ts'
import { rangeNote, readRange } from '../pipelines/backfill/begun-range.ts'
import { resumedBackfill, windowIgnored } from '../pipelines/backfill/resumed-backfill.ts'
import { deliverPipelines, deliverSettings } from '../pipelines/deliver-command.ts'
import type { DeliverSettings } from '../pipelines/delivery.ts'
import { openAsana } from '../pipelines/open-asana.ts'
import { openStateIfThere } from '../pipelines/open-state.ts'
import { faultCode } from '../pipelines/result-code.ts'
import { sharedReaders, sharingGroups } from '../pipelines/run/shared-readers.ts'
import { tokenBudgets } from '../pipelines/run/token-budgets.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import type { Problem, Warning } from '../terminal/problem.ts'
import { say, sayFailure, sayJson, sayWarning } from '../terminal/say.ts'

const define = () =>
  withDeliverFlags('backfill', 'deliver events from this time on (default: the oldest event, 90 days)')
    .option('--until <time>', 'deliver events before this time (default: now)')
    .option('--dry-run', 'estimate events, requests and time, and deliver nothing')
    .option(
      '--resume',
      'continue an interrupted backfill with its own time range; without one, nothing is sent',
    )
    .option('--restart', 'discard an interrupted backfill and start this one')
    .addHelpText(
      'before',
      examples(
        'backfill --to otlp --since 2026-01-01 --until 2026-02-01',
        'backfill --to splunk-hec --since 30d --dry-run',
      ),
    )
    .addHelpText('after', helpEnd([...delivery, 'restart'], deliveryStatuses))

type BackfillFlags = FlagsOf<typeof define>

/** `asana-audit backfill`. */
export const backfillCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await backfill(flags)))

/** Delivers a time range as fast as the quota allows, or estimates what that would take. */
async function backfill(flags: BackfillFlags): Promise<ExitCode> {
  const { resume, restart } = flags
  const more: Problem[] = []
  if (resume && restart) more.push({ setting: '--restart', message: 'Give either --resume or --restart.' })
  // Also together with --config: the times in the file are for `run`.
  const found = await deliverSettings(flags, more, ['since', 'until'])
  if (!found) return exitCode.wrongConfiguration
  const interrupted = resume ? 'resume' : restart ? 'restart' : undefined
  // Without --resume it is for the range that is asked for, also beside an interrupted backfill: it may help to choose.
  if (flags.dryRun) return plan(found, interrupted ?? 'restart')
  const { pipelines } = found.settings
  const budgets = tokenBudgets(found.settings)
  const readers = sharedReaders(pipelines)
  // The port is for `run`, which may run other pipelines at the same time.
  const unheard = { ...found, settings: { ...found.settings, listen: undefined } }
  return deliverPipelines(unheard, 'backfill', (delivery) =>
    Promise.all(
      pipelines.map(async (pipeline) => {
        const shared = readers.get(pipeline)
        const budget = budgets(pipeline)
        const result = await backfillPipeline(pipeline, { ...delivery, interrupted, shared, budget })
        shared?.close()
        return result
      }),
    ),
  )
}

async function plan(
  { settings, giveUpAfterMs, log }: DeliverSettings,
  interrupted: 'resume' | 'restart',
): Promise<ExitCode> {
  const { untilFirstPage } = unattended(giveUpAfterMs).source
  const { lanes, ranges } = await stored(settings)
  const budget = tokenBudgets(settings)
  const { requestsPerMinute } = settings
  let worst: ExitCode = exitCode.done
  for (const group of sharingGroups(settings.pipelines)) {
    const samples = sharedSamples(untilFirstPage)
    for (const pipeline of group) {
      const warn = ({ message }: Warning): void => sayWarning({ message: `${pipeline.name}: ${message}` })
      const asana = openAsana(pipeline, budget(pipeline), undefined, warn)
      try {
        const begun = readRange(ranges.get(pipeline.name))
        const resumed = resumedBackfill(pipeline, { lanes, begun }, interrupted)
        if ('nothingToResume' in resumed) {
          warn(resumed.nothingToResume)
          continue
        }
        const left = resumed.cursor === undefined ? undefined : resumed.left
        const ignored = left && windowIgnored(pipeline, left)
        if (ignored) warn(ignored)
        const time = (now: number): BackfillTime => {
          const found = left ? timeLeft(left, now) : backfillTime(pipeline, lanes, now)
          assertSomethingLeft(pipeline.name, found, now)
          return found
        }
        const found = await planBackfill({ asana: asana.options, time, requestsPerMinute, samples })
        if (log === 'json') sayJson({ pipeline: pipeline.name, ...found })
        else for (const line of describe(pipeline, found, left !== undefined)) say(line, 12)
      } catch (error) {
        if (!isFault(error)) throw error
        // The other pipelines can still be estimated.
        sayFailure(`${pipeline.name}: ${error.message}`)
        if (worst !== exitCode.failed) worst = faultCode(error)
      } finally {
        await asana.close()
      }
    }
  }
  return worst
}

interface Stored {
  /** The positions of `run` and of backfills. */
  readonly lanes: readonly LaneSummary[]
  /** The ranges that backfills were asked for, by pipeline. */
  readonly ranges: ReadonlyMap<string, string>
}

/** Does not create a state. */
async function stored(settings: Settings): Promise<Stored> {
  const state = await openStateIfThere(settings)
  if (!state) return { lanes: [], ranges: new Map() }
  try {
    return { lanes: await state.lanes(), ranges: await state.notes(rangeNote) }
  } finally {
    await state.close()
  }
}

function describe({ name }: PipelineSettings, plan: BackfillPlan, isRest: boolean): string[] {
  const count = (value: number): string => value.toLocaleString('en')
  const { deletedBefore } = plan
  const deleted =
    deletedBefore === undefined
      ? []
      : [`  deleted   everything before ${deletedBefore}: Asana keeps events for 90 days`]
  return [
    `${name}: ${plan.since} to ${plan.until}`,
    ...(isRest ? ['  resumed   only what the interrupted backfill has not read yet'] : []),
    ...deleted,
    `  events    about ${count(plan.events)}, estimated from ${plan.samples} pages`,
    `  requests  about ${count(plan.requests)}`,
    `  to read   about ${count(Math.ceil(plan.bytes / 1_000_000))} MB`,
    `  time      about ${duration(plan.seconds)}, limited by ${plan.limitedBy}; a slow destination takes longer`,
    `Nothing was delivered. Leave out --dry-run to ${isRest ? 'continue' : 'start'}.`,
  ]
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}
