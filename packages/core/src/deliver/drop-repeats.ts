import type { Lane, Refused } from '../contract.ts'
import { refusedId } from '../state/refused-id.ts'
import type { CoalescedBatches } from './coalesce-batches.ts'

export interface WithoutRepeats<E> {
  readonly events: readonly E[]
  readonly refused: readonly Refused[]
  readonly repeats: number
}

/** What is to be delivered of some batches: in a re-read only what this destination does not have. */
export async function dropRepeats<E extends { readonly gid: string }>(
  { batches, reread }: CoalescedBatches<E>,
  lane: Lane,
): Promise<WithoutRepeats<E>> {
  const events = batches.flatMap((batch) => batch.events)
  const refused = batches.flatMap((batch) => batch.refused)
  if (!reread) return { events, refused, repeats: 0 }
  const ids = [...events.map((event) => event.gid), ...refused.map(({ raw }) => refusedId(raw))]
  const known = new Set(await lane.known(ids))
  const isNew = (id: string): boolean => {
    if (known.has(id)) return false
    known.add(id)
    return true
  }
  const newEvents = events.filter((event) => isNew(event.gid))
  const newRefused = refused.filter(({ raw }) => isNew(refusedId(raw)))
  const repeats = events.length - newEvents.length + refused.length - newRefused.length
  return { events: newEvents, refused: newRefused, repeats }
}
