import {
  asanaBackfill,
  type Claim,
  type Delivered,
  deliver,
  type Fact,
  type Fault,
  fault,
  type RequestBudget,
  toFault,
} from '@asana-audit/core'
import {
  asanaBackfillCursor,
  asanaNow,
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
} from '@asana-audit/core/backlog'
import { hourOf, openEnd } from '@asana-audit/core/ledger'
import { unattended } from '../config/give-up-after.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { PipelineResult } from '../progress/pipeline-result.ts'
import { addFact, deliveredUntilFault, newTotals } from '../progress/progress-totals.ts'
import { backfillTime, deletedBefore, refuseNothing } from './backfill-time.ts'
import type { Delivery } from './delivery.ts'
import { openAsana } from './open-asana.ts'
import { openDestination } from './open-destination.ts'

export interface BackfillOptions extends Delivery {
  readonly budget: RequestBudget
  /** What becomes of a backfill of this pipeline that was interrupted. Undefined: it is a fault. */
  readonly interrupted: 'resume' | 'restart' | undefined
}

/** Its row of the state: an interrupted backfill goes on there, a finished one says what it delivered. */
const lane = 'backfill'

/**
 * Delivers a time range, whatever was delivered of it before. The ledger counts by the hour, so the time is widened to whole
 * hours, which are counted anew; and it ends where `run` goes on, or both would count the same events. Refuses beside a runner.
 */
export async function backfillPipeline(
  pipeline: PipelineSettings,
  options: BackfillOptions,
): Promise<PipelineResult> {
  const { name } = pipeline
  const totals = newTotals()
  const onFact = (fact: Fact): void => {
    addFact(totals, fact)
    options.report.fact({ pipeline: name, lane }, fact)
  }
  try {
    const claim = await options.state.claim(name)
    try {
      return { pipeline: name, delivered: await deliverTime(pipeline, claim, { ...options, onFact }) }
    } finally {
      await claim.release()
    }
  } catch (error) {
    return { pipeline: name, delivered: deliveredUntilFault(totals), fault: toFault(error) }
  }
}

async function deliverTime(
  pipeline: PipelineSettings,
  claim: Claim,
  {
    settings,
    state,
    budget,
    interrupted,
    giveUpAfterMs,
    onUncertain,
    signal,
    report,
    onFact,
  }: BackfillOptions & { readonly onFact: (fact: Fact) => void },
): Promise<Delivered> {
  const { name } = pipeline
  const patience = unattended(giveUpAfterMs)
  const { sink, map, ...said } = await openDestination(pipeline, settings.resource, (warning) =>
    report.warning(name, warning),
  )
  const asana = openAsana(pipeline, budget)
  try {
    const rows = (await state.lanes()).filter((row) => row.pipeline === name)
    const stored = rows.find((row) => row.lane === lane && backlogLeft(row.cursor))
    if (stored && interrupted === undefined) throw unfinished(name)
    const begun = interrupted === 'resume' ? stored : undefined
    const giveUpAfterMs = patience.source.untilFirstPage
    const now = await asanaNow(asana.options, { signal, onFact, giveUpAfterMs })
    const wanted = backfillTime(pipeline, rows, now)
    const { since, until } = wanted
    const source = asanaBackfill({
      ...asana.options,
      ...{ since, until, once: true, giveUpAfterMs: patience.source, onFact },
    })
    if (!begun) {
      refuseNothing(name, wanted, now)
      const gone = deletedBefore(wanted, now)
      if (gone !== undefined) {
        const message = `Asana keeps events for 90 days. Events before ${gone} are deleted. The rest is delivered.`
        report.warning(name, { code: 'deleted_by_asana', message })
      }
      // The row first: from then on verify knows that what the ledger lacks is still to come.
      await claim.rewind(lane, asanaBackfillCursor(since, until), openEnd)
      await reopen(claim, { from: since, until })
    } else {
      const left = backlogLeft(begun.cursor)
      if (pipeline.since !== undefined || pipeline.until !== undefined)
        report.warning(name, { code: 'window_ignored', message: asBegun(left) })
      // As it was begun: it may have ended between the two steps above.
      if (left && begun.cursor === asanaBackfillCursor(left.from, left.until)) await reopen(claim, left)
    }
    const row = await claim.lane(lane, source.fingerprint)
    const delivered = await deliver({
      ...{ source, sink, map, lane: row, signal, onFact, onUncertain: onUncertain ?? said.onUncertain },
      onFatal: 'reject',
      giveUpAfterMs: patience.sink,
    })
    if (!signal.aborted) await finish(claim, (begun && backlogUntil(begun.cursor)) ?? until)
    return delivered
  } finally {
    await sink.close?.()
    await asana.close()
  }
}

/** Its hours are counted anew. */
async function reopen(claim: Claim, { from, until }: BacklogLeft): Promise<void> {
  const end = until === undefined ? openEnd : Date.parse(until)
  await claim.reopen(hourOf(Date.parse(from ?? '1970-01-01')), end)
}

/** Nothing is left to read, although late events of its last minutes may not have had their time. */
async function finish(claim: Claim, until: string): Promise<void> {
  await claim.rewind(lane, asanaBackfillCursor(until, until), openEnd)
}

function asBegun(left: BacklogLeft | undefined): string {
  const rest = left ? `: what is left is ${left.from ?? 'the oldest event'} to ${left.until ?? 'now'}` : ''
  return `since and until are not looked at with --resume, which goes on with the time that was begun${rest}. For another time give --restart.`
}

function unfinished(pipeline: string): Fault {
  const message =
    `A backfill of the pipeline "${pipeline}" was interrupted. Add --resume to go on with it as it was begun, ` +
    'or --restart to forget it and begin this one.'
  return fault({ fault: 'fatal', code: 'unfinished_backfill', message })
}
