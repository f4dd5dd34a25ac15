import { parseMillis } from '@asana-audit/schema'
import type { Identity, QuarantineEntry } from './contract.ts'

/** What was quarantined counts as known, so that a re-read does not set it aside again. `now`: milliseconds, for events without a time. */
export function quarantinedIdentities(entries: readonly QuarantineEntry[], now: number): Identity[] {
  return entries.flatMap(({ id, event }) => {
    if (id === undefined) return []
    const { created_at: createdAt } = (event ?? {}) as { created_at?: unknown }
    return [{ id, at: (typeof createdAt === 'string' ? parseMillis(createdAt) : undefined) ?? now }]
  })
}
