import type { RequestBudget } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { openAsana } from '../open-asana.ts'
import { asanaSpan } from './asana-span.ts'
import type { WatchedReading } from './watched-reading.ts'

export interface ShownByAsana {
  /** The events of a time (milliseconds since 1970), in order, after the filters and the field policy of the pipeline. A page may come twice. */
  shown(from: number, until: number): AsyncIterable<readonly AuditLogEvent[]>
  close(): Promise<void>
}

export function shownByAsana(
  pipeline: PipelineSettings,
  budget: RequestBudget,
  { tell, read }: WatchedReading,
): ShownByAsana {
  const asana = openAsana(pipeline, budget, undefined, tell)
  return {
    async *shown(from, until) {
      const source = asanaSpan(asana, from, until)
      for await (const { events } of source.read()) {
        read(events)
        yield events
      }
    },
    close: () => asana.close(),
  }
}
