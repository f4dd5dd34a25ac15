import {
  type Claim,
  deliverLanes,
  type Fact,
  type RequestBudget,
  type SharedReader,
  toFault,
} from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import type { LiveDetection } from '../../findings/live-detection.ts'
import type { PipelineResult } from '../../progress/reporters/pipeline-result.ts'
import { addFact, deliveredUntilFault, newTotals } from '../../progress/totals/progress-totals.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { Delivery } from '../delivery.ts'
import { notesIn } from '../destination/opening.ts'
import { openAsana } from '../open-asana.ts'
import { openDestination } from '../open-destination.ts'

export interface RunOptions extends Delivery {
  /** End when caught up; a fault that needs a person ends the pipeline instead of pausing it. */
  readonly once: boolean
  /** End at the first fault that needs a person, also without `once`. */
  readonly exitOnFatal: boolean
}

/** Runs one pipeline until it ends. A fault is part of the result. */
export async function runOne(
  pipeline: PipelineSettings,
  claim: Claim,
  reading: readonly [RequestBudget, SharedReader | undefined],
  {
    settings,
    state,
    once,
    exitOnFatal,
    giveUpAfterMs,
    onUncertain,
    signal,
    report,
    onFact,
  }: RunOptions & { readonly onFact: (fact: Fact) => void },
): Promise<PipelineResult> {
  const { name, since, until, pollMs, maxPollMs } = pipeline
  const endsOnFault = once || exitOnFatal
  const giveUpAfter = endsOnFault ? unattended(giveUpAfterMs) : undefined
  const totals = newTotals()
  report.begins?.(pipeline)
  try {
    const warn = (warning: Warning): void => report.warning(name, warning)
    // Open this first: if it failed after the destination is open, the destination would stay open.
    const detection = await openDetection(pipeline, state, report)
    const { sink, map, sendFinding, ...destination } = await openDestination(
      pipeline,
      settings.resource,
      warn,
      { onFact: (fact) => report.fact({ pipeline: name, lane: 'live' }, fact), notes: notesIn(state, name) },
    )
    const asana = openAsana(pipeline, ...reading, warn)
    detection?.begin(sendFinding)
    try {
      const delivered = await deliverLanes({
        source: {
          ...asana.options,
          since,
          until,
          once,
          pollMs,
          maxPollMs,
          giveUpAfterMs: giveUpAfter?.source,
        },
        claim: detection?.watched(claim) ?? claim,
        map: detection?.mapping(map) ?? map,
        ...{ sink, signal, onUncertain: onUncertain ?? destination.onUncertain },
        onArrival: destination.onArrival,
        onFatal: endsOnFault ? 'reject' : 'pause',
        giveUpAfterMs: giveUpAfter?.sink,
        onFact(fact, lane) {
          addFact(totals, fact)
          onFact(fact)
          report.fact({ pipeline: name, lane }, fact)
        },
      })
      return { pipeline: name, delivered }
    } finally {
      try {
        await detection?.close()
      } finally {
        await Promise.all([sink.close(), asana.close()])
      }
    }
  } catch (error) {
    return { pipeline: name, delivered: deliveredUntilFault(totals), fault: toFault(error) }
  }
}

/** Loads the rules' modules only where the pipeline has rules. */
async function openDetection(
  { name, detect, settledWindowMs }: PipelineSettings,
  state: Delivery['state'],
  report: Delivery['report'],
): Promise<LiveDetection | undefined> {
  if (!detect) return undefined
  const { openLiveDetection } = await import('../../findings/live-detection.ts')
  return openLiveDetection({
    ...{ pipeline: name, settings: detect, state, report },
    latenessMs: settledWindowMs,
  })
}
