import { compareArchive } from '@asana-audit/archive'
import { type RequestBudget, toFault } from '@asana-audit/core'
import { hourMs } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { archiveStore } from '../../input/archive/archive-store.ts'
import { sayOnStderr } from '../../terminal/say.ts'
import { shownByAsana } from './shown-by-asana.ts'
import type { RewrittenEvent, Verified } from './verify-pipeline.ts'

/** Those of the hours in which a content differs, by an archive that another pipeline of the workspace writes, or this one. */
export async function rewrittenEvents(
  verified: Verified,
  { workspace }: PipelineSettings,
  pipelines: readonly PipelineSettings[],
  budget: RequestBudget,
): Promise<RewrittenEvent[]> {
  const hours = verified.hours.filter(({ content }) => content === 'rewritten')
  if (hours.length === 0) return []
  for (const pipeline of pipelines) {
    const { destination } = pipeline
    if (destination.kind !== 'archive' || pipeline.workspace !== workspace) continue
    const store = archiveStore(destination, pipeline.proxies)
    const asana = shownByAsana(pipeline, budget)
    try {
      const spans = hours.map(({ hour }) => ({ from: hour, until: hour + hourMs }))
      const problems = await compareArchive({ store, spans, shown: asana.shown })
      return problems.flatMap(({ code, key, gid }) =>
        code === 'rewritten' && gid !== undefined ? [{ gid, place: store.place, key }] : [],
      )
    } catch (error) {
      sayOnStderr(`The archive ${store.place} does not say which events: ${toFault(error).message}`)
    } finally {
      await asana.close()
      await store.close()
    }
  }
  return []
}
