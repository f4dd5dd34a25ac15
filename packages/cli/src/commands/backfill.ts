import { isFault } from '@asana-audit/core'
import { backfillPipeline } from '../backfill-pipeline.ts'
import { type BackfillPlan, planBackfill } from '../backfill-plan.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { Problem } from '../config/problem.ts'
import {
  type DeliverFlags,
  type DeliverSettings,
  deliverCommand,
  deliverSettings,
} from '../deliver-command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { openAsana } from '../open-asana.ts'
import { tokenBudgets } from '../token-budgets.ts'
import { unattended } from '../unattended.ts'

export interface BackfillFlags extends DeliverFlags {
  readonly dryRun?: boolean
  readonly resume?: boolean
  readonly restart?: boolean
}

/** Delivers a closed time as fast as the quota allows, or says what that would take. */
export async function backfill(flags: BackfillFlags): Promise<ExitCode> {
  const { resume, restart } = flags
  const both: Problem = { setting: '--restart', message: 'Give either --resume or --restart.' }
  const found = await deliverSettings(flags, resume && restart ? [both] : [])
  if (!found) return exitCode.wrongConfiguration
  if (flags.dryRun) return plan(found, flags)
  const interrupted = resume ? 'resume' : restart ? 'restart' : undefined
  const budgets = tokenBudgets(found.settings)
  return deliverCommand(flags, found, 'backfill', (delivery) =>
    Promise.all(
      found.settings.pipelines.map((pipeline) =>
        backfillPipeline(pipeline, { ...delivery, interrupted, budget: budgets(pipeline) }),
      ),
    ),
  )
}

async function plan({ settings, giveUpAfterMs }: DeliverSettings, { log }: BackfillFlags): Promise<ExitCode> {
  const patience = { giveUpAfterMs: unattended(giveUpAfterMs).source.untilFirstPage }
  const budget = tokenBudgets(settings)
  const { requestsPerMinute } = settings
  for (const pipeline of settings.pipelines) {
    const { since, until } = pipeline
    const asana = openAsana(pipeline, budget(pipeline))
    try {
      const found = await planBackfill({ asana: asana.options, since, until, requestsPerMinute, ...patience })
      process.stdout.write(
        log === 'json'
          ? `${JSON.stringify({ pipeline: pipeline.name, ...found })}\n`
          : describe(pipeline, found),
      )
    } catch (error) {
      if (!isFault(error)) throw error
      process.stderr.write(`✗ ${pipeline.name}: ${error.message}\n`)
      return exitCode.failed
    } finally {
      await asana.close()
    }
  }
  return exitCode.done
}

function describe({ name }: PipelineSettings, plan: BackfillPlan): string {
  const count = (value: number): string => value.toLocaleString('en')
  return (
    `${name}: ${plan.since} to ${plan.until}\n` +
    `  events    about ${count(plan.events)}, reckoned from ${plan.samples} pages\n` +
    `  requests  about ${count(plan.requests)}\n` +
    `  to read   about ${count(Math.ceil(plan.bytes / 1_000_000))} MB\n` +
    `  time      about ${duration(plan.seconds)}, limited by ${plan.limitedBy}; a slow destination takes longer\n` +
    'Nothing was delivered. Leave --dry-run out to begin.\n'
  )
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}
