import { type Claim, deliver } from '@asana-audit/core'
import { hourMs } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Settings } from '../../config/read-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import { notesIn } from '../destination/opening.ts'
import { openAsana } from '../open-asana.ts'
import { openDestination } from '../open-destination.ts'
import { asanaSpan } from './asana-span.ts'
import type { VerifyOptions } from './verify-pipeline.ts'

/** The lane of a repair in the state. The pipeline's own cursor does not move. */
const lane = 'repair'

/** Delivers whole hours again, each event marked, and their counts start again. Refuses while the pipeline is running. */
export async function repairPipeline(
  pipeline: PipelineSettings,
  resource: Settings['resource'],
  { state, budget, watched: { tell } }: VerifyOptions,
  hours: readonly number[],
): Promise<void> {
  const { name } = pipeline
  const { sink, map, onArrival, onUncertain } = await openDestination(pipeline, resource, tell, {
    ...{ mark: 'repair', notes: notesIn(state, name) },
  })
  const asana = openAsana(pipeline, budget, undefined, tell)
  let claim: Claim | undefined
  try {
    claim = await state.claim(name)
    for (const hour of hours) {
      const source = asanaSpan(asana, hour, hour + hourMs)
      await claim.drop(lane)
      await claim.reopen(hour, hour + hourMs)
      await deliver({
        ...{ source, sink, map, onArrival, onUncertain },
        lane: await claim.lane(lane, source.fingerprint),
        onFatal: 'reject',
        giveUpAfterMs: unattended(undefined).sink,
      })
    }
    await claim.drop(lane)
  } finally {
    await sink.close()
    await asana.close()
    await claim?.release()
  }
}
