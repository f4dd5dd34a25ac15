import { asanaBackfill, type RequestBudget } from '@asana-audit/core'
import { type AuditLogEvent, keepAll } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import { sayOnStderr } from '../../terminal/say.ts'
import { openAsana } from '../open-asana.ts'

/** Milliseconds since 1970. */
export interface Searched {
  readonly from: number
  readonly until: number
}

/** The event as Asana shows it now, before filters and field policy. Undefined if it is not in this time. */
export async function findInAsana(
  pipeline: PipelineSettings,
  budget: RequestBudget,
  gid: string,
  { from, until }: Searched,
): Promise<AuditLogEvent | undefined> {
  const asana = openAsana(pipeline, budget, undefined, ({ message }) => sayOnStderr(message))
  try {
    const source = asanaBackfill({
      ...asana.options,
      ...{ filters: undefined, fieldPolicy: keepAll, settledWindowMs: 0 },
      since: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      giveUpAfterMs: unattended(undefined).source,
    })
    for await (const { events } of source.read()) {
      const found = events.find((event) => event.gid === gid)
      if (found) return found
    }
    return undefined
  } finally {
    await asana.close()
  }
}
