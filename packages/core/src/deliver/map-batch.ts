import type { Identified, Identity } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'

/**
 * Maps each event to a record, or to a quarantine entry if `map` throws. `eventIdentities`: those of the events, in the same order.
 * Returns separate lists, not a list of objects: such objects would soon be in the garbage collector's old generation, and even
 * dead ones there keep the events of the last pages in memory.
 */
export function mapBatch<E extends Identified, R>(
  events: readonly E[],
  eventIdentities: readonly Identity[],
  map: (event: E) => R,
): { mappable: E[]; records: R[]; identities: Identity[]; unmappable: QuarantineEntry[] } {
  const mappable: E[] = []
  const records: R[] = []
  const identities: Identity[] = []
  const unmappable: QuarantineEntry[] = []
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index]!
    let record: R
    try {
      record = map(event)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unmappable.push({ kind: 'malformed', id: event.gid, code: 'unmappable', reason, event })
      continue
    }
    if (record instanceof Promise) throw asynchronous(record)
    if (record === undefined) throw nothing()
    records.push(record)
    identities.push(eventIdentities[index]!)
    mappable.push(event)
  }
  return { mappable, records, identities, unmappable }
}

/** An async `map` is refused: a sink would write each promise as an empty record. */
function asynchronous(record: Promise<unknown>): Fault {
  // A later rejection of this promise must not end the process.
  record.catch(() => {})
  return badMap('a promise. It must return the record itself: do asynchronous work in the source, or in')
}

/** A `map` without `return` is refused: its events would count as delivered although the sink gets nothing. */
function nothing(): Fault {
  return badMap('undefined. It must return a record for each event: leave events out in the source, or in')
}

function badMap(returned: string): Fault {
  const message = `The option map returned ${returned} \`write\` of the sink.`
  return fault({ fault: 'fatal', final: true, code: 'bad_option', message })
}
