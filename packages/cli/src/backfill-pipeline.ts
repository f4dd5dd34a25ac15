import {
  asanaBackfill,
  asanaNow,
  deliver,
  type Fault,
  fault,
  hourMs,
  hourOf,
  type RequestBudget,
  toFault,
} from '@asana-audit/core'
import type { PipelineSettings } from './config/pipeline-settings.ts'
import type { Delivery } from './deliver-command.ts'
import { openAsana } from './open-asana.ts'
import { openDestination } from './open-destination.ts'
import type { Report } from './report/reporter.ts'
import type { PipelineResult } from './run-pipelines.ts'
import { unattended } from './unattended.ts'

export interface BackfillOptions extends Delivery {
  readonly budget: RequestBudget
  /** What becomes of a backfill of this pipeline that was interrupted. Undefined: it is a fault. */
  readonly interrupted: 'resume' | 'restart' | undefined
}

/** Its row of the state: an interrupted backfill goes on there, a finished one leaves nothing. */
const lane = 'backfill'

/**
 * Delivers a closed time, whatever was delivered of it before. The ledger counts by the hour, so the time is widened to whole
 * hours, which are counted anew. Rejects beside a runner.
 */
export async function backfillPipeline(
  pipeline: PipelineSettings,
  { settings, state, budget, interrupted, giveUpAfterMs, onUncertain, signal, report }: BackfillOptions,
): Promise<PipelineResult> {
  const { name } = pipeline
  const patience = unattended(giveUpAfterMs)
  const claim = await state.claim(name)
  const asana = openAsana(pipeline, budget)
  const { sink, map } = openDestination(pipeline, settings.resource, (warning) =>
    report.warning(name, warning),
  )
  const onEvent = (fact: Parameters<Report['fact']>[1]): void => report.fact({ pipeline: name, lane }, fact)
  try {
    const giveUpAfterMs = patience.source.untilFirstPage
    const now = await asanaNow(asana.options, { signal, onEvent, giveUpAfterMs })
    const { since, until } = wholeHours(pipeline, now)
    const source = asanaBackfill({
      ...asana.options,
      ...{ since, until, once: true, giveUpAfterMs: patience.source, onEvent },
    })
    if (interrupted === 'restart') await claim.drop(lane)
    const row = await claim.lane(lane, source.fingerprint)
    const isNew = (await row.load()) === undefined
    if (!isNew && interrupted !== 'resume') throw unfinished(name)
    if (isNew) {
      await claim.reopen(Date.parse(since ?? '1970-01-01'), hourOf(Date.parse(until) + hourMs - 1))
    }
    const delivered = await deliver({
      ...{ source, sink, map, lane: row, signal, onUncertain, onEvent },
      onFatal: 'reject',
      giveUpAfterMs: patience.sink,
    })
    if (!signal.aborted) await claim.drop(lane)
    return { pipeline: name, delivered }
  } catch (error) {
    return { pipeline: name, delivered: { delivered: 0, quarantined: 0, repeats: 0 }, fault: toFault(error) }
  } finally {
    await sink.close?.()
    await asana.close()
    await claim.release()
  }
}

/** The time asked for, never past Asana's present, with the hours it begins and ends in. */
function wholeHours(
  { since, until }: Pick<PipelineSettings, 'since' | 'until'>,
  now: number,
): { readonly since: string | undefined; readonly until: string } {
  const end = until === undefined ? now : Math.min(now, hourOf(Date.parse(until) + hourMs - 1))
  return {
    since: since === undefined ? undefined : new Date(hourOf(Date.parse(since))).toISOString(),
    until: new Date(end).toISOString(),
  }
}

function unfinished(pipeline: string): Fault {
  const message =
    `A backfill of the pipeline "${pipeline}" was interrupted. Add --resume to go on with it as it was begun, ` +
    'or --restart to forget it and begin this one.'
  return fault({ fault: 'fatal', code: 'unfinished_backfill', message })
}
