import { asanaBackfill, type Claim, deliver, requestBudget, type State } from '@asana-audit/core'
import { hourMs } from '@asana-audit/core/ledger'
import { unattended } from '../config/give-up-after.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { Settings } from '../config/read-settings.ts'
import { sayOnStderr } from '../terminal/say.ts'
import { openAsana } from './open-asana.ts'
import { openDestination } from './open-destination.ts'

/** The row of the state a repair uses, so that the pipeline's own cursor stays where it is. */
const lane = 'repair'

/** Delivers whole hours once more and counts them anew. Refuses beside a runner. */
export async function repairPipeline(
  pipeline: PipelineSettings,
  settings: Settings,
  state: State,
  hours: readonly number[],
): Promise<void> {
  const { name } = pipeline
  const { sink, map, onUncertain } = await openDestination(pipeline, settings.resource, ({ message }) => {
    sayOnStderr(message)
  })
  const asana = openAsana(pipeline, requestBudget({ perMinute: settings.requestsPerMinute }))
  const patience = unattended(undefined)
  let claim: Claim | undefined
  try {
    claim = await state.claim(name)
    for (const hour of hours) {
      const source = asanaBackfill({
        ...asana.options,
        since: new Date(hour).toISOString(),
        until: new Date(hour + hourMs).toISOString(),
        settledWindowMs: 0,
        giveUpAfterMs: patience.source,
      })
      await claim.drop(lane)
      await claim.reopen(hour, hour + hourMs)
      await deliver({
        ...{ source, sink, map, onUncertain },
        lane: await claim.lane(lane, source.fingerprint),
        onFatal: 'reject',
        giveUpAfterMs: patience.sink,
      })
    }
    await claim.drop(lane)
  } finally {
    await sink.close?.()
    await asana.close()
    await claim?.release()
  }
}
