import { compareArchive } from '@asana-audit/archive'
import { type RequestBudget, toFault } from '@asana-audit/core'
import { type HourSpan, hourMs, withSpan } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { patientArchiveStore } from '../../input/archive/archive-store.ts'
import { shownByAsana } from './shown-by-asana.ts'
import type { RewrittenEvent, Verified } from './verify-pipeline.ts'
import type { WatchedReading } from './watched-reading.ts'

/** The rewritten events of the hours whose content differs. An archive shows them, if this pipeline or another of the workspace writes one. */
export async function rewrittenEvents(
  verified: Verified,
  { workspace }: PipelineSettings,
  pipelines: readonly PipelineSettings[],
  { budget, watched }: { readonly budget: RequestBudget; readonly watched: WatchedReading },
): Promise<RewrittenEvent[]> {
  const hours = verified.hours.filter(({ content }) => content === 'rewritten')
  if (hours.length === 0) return []
  for (const pipeline of pipelines) {
    const { destination } = pipeline
    if (destination.kind !== 'archive' || pipeline.workspace !== workspace) continue
    const store = patientArchiveStore(destination, pipeline.proxies)
    const asana = shownByAsana(pipeline, budget, watched)
    try {
      // Hours that follow each other are read as one time.
      const spans = hours.reduce<HourSpan[]>(
        (some, { hour }) => withSpan(some, { from: hour, until: hour + hourMs }),
        [],
      )
      const problems = await compareArchive({ store, spans, shown: asana.shown })
      return problems.flatMap(({ code, key, gid }) =>
        code === 'rewritten' && gid !== undefined ? [{ gid, place: store.place, key }] : [],
      )
    } catch (error) {
      const { code, message } = toFault(error)
      watched.tell({ code, message: `The archive ${store.place} does not say which events: ${message}` })
    } finally {
      await asana.close()
      await store.close()
    }
  }
  return []
}
