import { asanaBackfill, type RequestBudget } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import { sayOnStderr } from '../../terminal/say.ts'
import { openAsana } from '../open-asana.ts'

export interface ShownByAsana {
  /** The events of a time (milliseconds since 1970), after the filters and the field policy of the pipeline. A page may come twice. */
  shown(from: number, until: number): AsyncIterable<readonly AuditLogEvent[]>
  close(): Promise<void>
}

export function shownByAsana(pipeline: PipelineSettings, budget: RequestBudget): ShownByAsana {
  const asana = openAsana(pipeline, budget, undefined, ({ message }) => sayOnStderr(message))
  return {
    async *shown(from, until) {
      const source = asanaBackfill({
        ...asana.options,
        since: new Date(from).toISOString(),
        until: new Date(until).toISOString(),
        settledWindowMs: 0,
        giveUpAfterMs: unattended(undefined).source,
      })
      for await (const { events } of source.read()) yield events
    },
    close: () => asana.close(),
  }
}
