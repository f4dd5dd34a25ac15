import type { RequestBudget } from '@asana-audit/core'
import { type AuditLogEvent, keepAll } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { openAsana } from '../open-asana.ts'
import { asanaSpan } from '../verify/asana-span.ts'
import type { WatchedReading } from '../verify/watched-reading.ts'

/** Milliseconds since 1970. */
export interface Searched {
  readonly from: number
  readonly until: number
}

/** The event as Asana shows it now, before filters and field policy. Undefined if it is not in this time. */
export async function findInAsana(
  pipeline: PipelineSettings,
  gid: string,
  { from, until }: Searched,
  { budget, watched }: { readonly budget: RequestBudget; readonly watched: WatchedReading },
): Promise<AuditLogEvent | undefined> {
  const asana = openAsana(pipeline, budget, undefined, watched.tell)
  const options = { ...asana.options, filters: undefined, fieldPolicy: keepAll }
  try {
    for await (const { events } of asanaSpan({ options }, from, until).read()) {
      watched.read(events)
      const found = events.find((event) => event.gid === gid)
      if (found) return found
    }
    return undefined
  } finally {
    await asana.close()
  }
}
