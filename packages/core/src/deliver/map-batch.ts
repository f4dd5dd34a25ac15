import { millisAt } from '@asana-audit/schema/lossless'
import type { Identified, Identity, QuarantineEntry } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'

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

/** A sink would take each promise for a record, and write an empty one. */
function asynchronous(record: Promise<unknown>): Fault {
  // What became of it matters to nobody any more, and must not end the process.
  record.catch(() => {})
  const message =
    'The option map gave a promise. It must give the record itself: do what takes time in the source, or in `write` of the sink.'
  return fault({ fault: 'fatal', final: true, code: 'bad_option', message })
}
