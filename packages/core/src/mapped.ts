import type { QuarantineEntry } from './contract.ts'
import type { Identified } from './deliver.ts'

/**
 * Two lists, and not one of pairs: these would soon be made among the old objects, where the collector keeps alive whatever a dead one
 * points to, all events of the last pages among it.
 */
export function mapped<E extends Identified, R>(
  events: readonly E[],
  map: (event: E) => R,
): { mappable: E[]; records: R[]; unmappable: QuarantineEntry[] } {
  const mappable: E[] = []
  const records: R[] = []
  const unmappable: QuarantineEntry[] = []
  for (const event of events) {
    try {
      records.push(map(event))
      mappable.push(event)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unmappable.push({ kind: 'refused', id: event.gid, code: 'unmappable', reason, event })
    }
  }
  return { mappable, records, unmappable }
}
