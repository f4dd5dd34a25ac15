import { millisAt } from '@asana-audit/schema/lossless'
import type { Identified, Identity } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { contentHash } from '../state/content-hash.ts'

/**
 * Maps each event to a record and its identity, or to a quarantine entry if `map` throws.
 * Returns separate lists, not a list of objects: such objects would soon be in the garbage collector's old generation, and even
 * dead ones there keep the events of the last pages in memory.
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
    const identity = { id: event.gid, at: millisAt(event.created_at), content: contentHash(event) }
    let record: R
    try {
      record = map(event)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unmappable.push({ kind: 'malformed', id: event.gid, code: 'unmappable', reason, event })
      continue
    }
    if (record instanceof Promise) throw asynchronous(record)
    records.push(record)
    identities.push(identity)
    mappable.push(event)
  }
  return { mappable, records, identities, unmappable }
}

/** An async `map` is refused: a sink would write each promise as an empty record. */
function asynchronous(record: Promise<unknown>): Fault {
  // A later rejection of this promise must not end the process.
  record.catch(() => {})
  const message =
    'The option map returned a promise. It must return the record itself: do asynchronous work in the source, or in `write` of the sink.'
  return fault({ fault: 'fatal', final: true, code: 'bad_option', message })
}
