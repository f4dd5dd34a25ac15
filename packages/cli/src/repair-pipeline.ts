import { asanaSource, deliver, hourMs, httpClient, requestBudget, type State } from '@asana-audit/core'
import type { PipelineSettings } from './config/pipeline-settings.ts'
import type { Settings } from './config/read-settings.ts'
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
  const { name, workspace, token, baseUrl, filters, limit, maxResponseBytes, fieldPolicy } = pipeline
  const claim = await state.claim(name)
  const http = httpClient(pipeline.http)
  const budget = requestBudget({ perMinute: settings.requestsPerMinute })
  const { sink, map } = openDestination(pipeline, settings.resource, ({ message }) => {
    process.stderr.write(`${message}\n`)
  })
  try {
    for (const hour of hours) {
      const source = asanaSource({
        ...{
          workspace,
          token: token.read,
          baseUrl,
          http,
          budget,
          filters,
          limit,
          maxResponseBytes,
          fieldPolicy,
        },
        since: new Date(hour).toISOString(),
        until: new Date(hour + hourMs).toISOString(),
        once: true,
        settled: false,
        giveUpAfterMs: { untilFirstPage: 30_000, afterwards: 900_000 },
      })
      await claim.drop(lane)
      await claim.reopen(hour, hour + hourMs)
      await deliver({
        source,
        sink,
        lane: await claim.lane(lane, source.fingerprint),
        map,
        onFatal: 'reject',
        giveUpAfterMs: { untilFirstWrite: 30_000, afterwards: 900_000 },
      })
    }
    await claim.drop(lane)
  } finally {
    await sink.close?.()
    await http.close()
    await claim.release()
  }
}
