import {
  asanaBackfill,
  type Claim,
  type Cursor,
  type Delivered,
  deliver,
  type Fact,
  type LaneSummary,
  type RequestBudget,
  type SharedReader,
  toFault,
} from '@asana-audit/core'
import { asanaBackfillCursor, asanaNow, type BacklogLeft } from '@asana-audit/core/backlog'
import { hourOf, openEnd, openStart } from '@asana-audit/core/ledger'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import type { PipelineResult } from '../../progress/reporters/pipeline-result.ts'
import { addFact, deliveredUntilFault, newTotals } from '../../progress/totals/progress-totals.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { Delivery } from '../delivery.ts'
import { notesIn } from '../destination/opening.ts'
import { openAsana } from '../open-asana.ts'
import { openDestination } from '../open-destination.ts'
import { assertSomethingLeft, type BackfillTime, backfillTime, deletedBefore } from './backfill-time.ts'
import { rangeNote, rangeText, readRange } from './begun-range.ts'
import { rangeAnew } from './range-anew.ts'
import { backfillLane as lane, resumedBackfill, windowIgnored } from './resumed-backfill.ts'

export interface BackfillOptions extends Delivery {
  readonly budget: RequestBudget
  /** For pipelines that read the same workspace. */
  readonly shared: SharedReader | undefined
  /** What to do with an interrupted backfill of this pipeline. Undefined: reject with a fault. If there is none, `resume` sends nothing. */
  readonly interrupted: 'resume' | 'restart' | undefined
}

/**
 * Delivers a time range, also events that were delivered before. The ledger counts by the hour, so the range is widened to whole
 * hours, and their counts start again. It ends where `run` continues, or both would count the same events. Refuses while the pipeline
 * is running.
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
      const lanes = await options.state.lanes()
      const begun = readRange((await options.state.notesOf(name)).get(rangeNote))
      const resumed = resumedBackfill(pipeline, { lanes, begun }, options.interrupted)
      if ('nothingToResume' in resumed) {
        options.report.warning(name, resumed.nothingToResume)
        return { pipeline: name, delivered: deliveredUntilFault(totals) }
      }
      const delivered = await deliverTime(pipeline, claim, {
        ...options,
        onFact,
        lanes,
        resumed: resumed.cursor === undefined ? undefined : resumed,
      })
      return { pipeline: name, delivered }
    } finally {
      await claim.release()
    }
  } catch (error) {
    return { pipeline: name, delivered: deliveredUntilFault(totals), fault: toFault(error) }
  }
}

interface TimeOptions extends BackfillOptions {
  readonly onFact: (fact: Fact) => void
  /** All lanes of the state. */
  readonly lanes: readonly LaneSummary[]
  /** The position of an interrupted backfill, and what it has not read yet. Undefined: a new one begins. */
  readonly resumed: { readonly cursor: Cursor; readonly left: BacklogLeft } | undefined
}

async function deliverTime(
  pipeline: PipelineSettings,
  claim: Claim,
  {
    settings,
    state,
    budget,
    shared,
    giveUpAfterMs,
    onUncertain,
    signal,
    report,
    onFact,
    lanes,
    resumed,
  }: TimeOptions,
): Promise<Delivered> {
  const { name } = pipeline
  const giveUpAfter = unattended(giveUpAfterMs)
  const warn = (warning: Warning): void => report.warning(name, warning)
  const { sink, map, ...destination } = await openDestination(pipeline, settings.resource, warn, {
    onFact,
    notes: notesIn(state, pipeline.name),
  })
  const asana = openAsana(pipeline, budget, shared, warn)
  try {
    const giveUpAfterMs = giveUpAfter.source.untilFirstPage
    const now = await asanaNow(asana.options, { signal, onFact, giveUpAfterMs })
    const wanted = backfillTime(pipeline, lanes, now)
    const { since, until } = wanted
    const source = asanaBackfill({
      ...asana.options,
      ...{ since, until, once: true, giveUpAfterMs: giveUpAfter.source, onFact },
    })
    let end = resumed ? (resumed.left.until ?? until) : until
    if (resumed !== undefined) {
      const ignored = windowIgnored(pipeline, resumed.left)
      if (ignored) warn(ignored)
      const anew = await rangeAnew(state, name, resumed, { lanes, now })
      if (anew) {
        await beginRange(claim, anew, now, warn)
        end = anew.until
      }
    } else {
      assertSomethingLeft(name, wanted, now)
      // Before the position: without its range, a backfill can still be resumed.
      await state.note(name, rangeNote, rangeText(pipeline))
      await beginRange(claim, wanted, now, warn)
    }
    const row = await claim.lane(lane, source.fingerprint)
    const delivered = await deliver({
      source,
      sink,
      map,
      lane: row,
      signal,
      onFact,
      onUncertain: onUncertain ?? destination.onUncertain,
      onArrival: destination.onArrival,
      onFatal: 'reject',
      giveUpAfterMs: giveUpAfter.sink,
    })
    if (!signal.aborted) await finish(claim, end)
    return delivered
  } finally {
    await sink.close()
    await asana.close()
  }
}

/** Saves the position of a new range, and lets the counts of its hours start again. */
async function beginRange(
  claim: Claim,
  wanted: BackfillTime,
  now: number,
  warn: (warning: Warning) => void,
): Promise<void> {
  const { since, until } = wanted
  const gone = deletedBefore(wanted, now)
  if (gone !== undefined) {
    const message = `Asana keeps events for 90 days. Events before ${gone} are deleted. The rest is delivered.`
    warn({ code: 'deleted_by_asana', message })
  }
  // Save the lane first: from then on verify knows that the missing counts are still to come.
  await claim.rewind(lane, asanaBackfillCursor(since, until), openEnd)
  await claim.reopen(hourOf(millisOf(since) ?? openStart), millisAt(until))
}

/** Marks the range as read to its end, although late events of its last minutes may still appear. */
async function finish(claim: Claim, until: string): Promise<void> {
  await claim.rewind(lane, asanaBackfillCursor(until, until), openEnd)
}
