import {
  type Claim,
  deliverLanes,
  type Fact,
  type RequestBudget,
  type SharedReader,
  toFault,
} from '@asana-audit/core'
import { unattended } from '../config/give-up-after.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { PipelineResult } from '../progress/pipeline-result.ts'
import { addFact, deliveredUntilFault, newTotals } from '../progress/progress-totals.ts'
import { collectWhenIdle } from './collect-when-idle.ts'
import type { Delivery } from './delivery.ts'
import { openAsana } from './open-asana.ts'
import { openDestination } from './open-destination.ts'
import { sharedReaders } from './shared-readers.ts'
import { startWarnings } from './start-warnings.ts'
import { tokenBudgets } from './token-budgets.ts'

export interface RunOptions extends Delivery {
  /** End when caught up; a fault that needs a person ends the pipeline instead of pausing it. */
  readonly once: boolean
  /** End at the first fault that needs a person, also without `once`. */
  readonly exitOnFatal: boolean
}

/**
 * Runs all pipelines at the same time, each with its own cursor. One that fails stops the others only with `exitOnFatal`. Rejects
 * before anything is read if a pipeline cannot be claimed.
 */
export async function runPipelines(options: RunOptions): Promise<PipelineResult[]> {
  const { settings, state, signal } = options
  const claims: [PipelineSettings, Claim][] = []
  const budgets = tokenBudgets(settings)
  const readers = sharedReaders(settings.pipelines)
  const onFact = collectWhenIdle()
  const stop = new AbortController()
  const stopped = AbortSignal.any([signal, stop.signal])
  try {
    for (const pipeline of settings.pipelines) claims.push([pipeline, await state.claim(pipeline.name)])
    const lanes = await state.lanes()
    for (const pipeline of settings.pipelines) {
      for (const warning of startWarnings(pipeline, lanes, Date.now(), settings.statePath))
        options.report.warning(pipeline.name, warning)
    }
    options.report.claimed?.()
    let running = claims.length
    return await Promise.all(
      claims.map(async ([pipeline, claim]) => {
        const shared = readers.get(pipeline)
        const result = await runOne(pipeline, claim, [budgets(pipeline), shared], {
          ...options,
          signal: stopped,
          onFact,
        })
        shared?.close()
        running -= 1
        // The others may run for a long time, so report the failure now.
        if (result.fault && running > 0) options.report.failed(result.fault, pipeline.name)
        if (result.fault && options.exitOnFatal) stop.abort()
        return result
      }),
    )
  } finally {
    for (const [, claim] of claims) await claim.release()
  }
}

async function runOne(
  pipeline: PipelineSettings,
  claim: Claim,
  reading: readonly [RequestBudget, SharedReader | undefined],
  {
    settings,
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
  try {
    const { sink, map, ...destination } = await openDestination(pipeline, settings.resource, (warning) =>
      report.warning(name, warning),
    )
    const asana = openAsana(pipeline, ...reading)
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
        ...{ claim, sink, map, signal, onUncertain: onUncertain ?? destination.onUncertain },
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
      await sink.close()
      await asana.close()
    }
  } catch (error) {
    return { pipeline: name, delivered: deliveredUntilFault(totals), fault: toFault(error) }
  }
}
