import type { Lane, Malformed } from '../contract.ts'
import { malformedId } from '../state/malformed-id.ts'
import type { CoalescedBatches } from './coalesce-batches.ts'

export interface WithoutRepeats<E> {
  readonly events: readonly E[]
  readonly malformed: readonly Malformed[]
  readonly repeats: number
}

/** What to deliver of these batches. In a re-read: only what this destination does not have (dedup by id). */
export async function dropRepeats<E extends { readonly gid: string }>(
  { batches, reread }: CoalescedBatches<E>,
  lane: Lane,
): Promise<WithoutRepeats<E>> {
  const events = batches.flatMap((batch) => batch.events)
  const malformed = batches.flatMap((batch) => batch.malformed)
  if (!reread) return { events, malformed, repeats: 0 }
  const ids = [...events.map((event) => event.gid), ...malformed.map(({ raw }) => malformedId(raw))]
  const known = new Set(await lane.known(ids))
  const isNew = (id: string): boolean => {
    if (known.has(id)) return false
    known.add(id)
    return true
  }
  const newEvents = events.filter((event) => isNew(event.gid))
  const newMalformed = malformed.filter(({ raw }) => isNew(malformedId(raw)))
  const repeats = events.length - newEvents.length + malformed.length - newMalformed.length
  return { events: newEvents, malformed: newMalformed, repeats }
}
