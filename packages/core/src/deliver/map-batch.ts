import { millisAt } from '@asana-audit/schema/lossless'
import type { Identified, Identity, QuarantineEntry } from '../contract.ts'

/**
 * Each event as a record and with its identity, or for the quarantine, where `map` throws.
 * Lists, and not one of groups: these would soon be made among the old objects, where the collector keeps alive whatever a dead one
 * points to, all events of the last pages among it.
 */
export function mapBatch<E extends Identified, R>(
  events: readonly E[],
  map: (event: E) => R,
): { mappable: E[]; records: R[]; identities: Identity[]; unmappable: QuarantineEntry[] } {
  const mappable: E[] = []
  const records: R[] = []
  const identities: Identity[] = []
  const unmappable: QuarantineEntry[] = []
  for (const event of events) {
    const identity = { id: event.gid, at: millisAt(event.created_at) }
    try {
      records.push(map(event))
      identities.push(identity)
      mappable.push(event)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unmappable.push({ kind: 'malformed', id: event.gid, code: 'unmappable', reason, event })
    }
  }
  return { mappable, records, identities, unmappable }
}
