import type { Identified, Identity, Lane, Malformed } from '../contract.ts'
import { identityOf } from '../state/identity-of.ts'
import { malformedId } from '../state/malformed-id.ts'
import type { CoalescedBatches } from './coalesce-batches.ts'

export interface WithoutRepeats<E> {
  readonly events: readonly E[]
  /** The identities of the events, in the same order. */
  readonly identities: readonly Identity[]
  readonly malformed: readonly Malformed[]
  readonly repeats: number
}

/** Returns what to deliver of these batches. In a re-read that is only what the destination does not have yet (dedup by id). */
export async function dropRepeats<E extends Identified>(
  { batches, reread }: CoalescedBatches<E>,
  lane: Lane,
): Promise<WithoutRepeats<E>> {
  const events = batches.flatMap((batch) => batch.events)
  const identities = batches.flatMap((batch) => batch.identities ?? batch.events.map(identityOf))
  const malformed = batches.flatMap((batch) => batch.malformed)
  if (!reread) return { events, identities, malformed, repeats: 0 }
  const ids = [...identities.map(({ id }) => id), ...malformed.map(({ raw }) => malformedId(raw))]
  const known = new Set(await lane.known(ids))
  const isNew = (id: string): boolean => {
    if (known.has(id)) return false
    known.add(id)
    return true
  }
  const kept = identities.map(({ id }) => isNew(id))
  const newEvents = events.filter((_, index) => kept[index])
  const newIdentities = identities.filter((_, index) => kept[index])
  const newMalformed = malformed.filter(({ raw }) => isNew(malformedId(raw)))
  const repeats = events.length - newEvents.length + malformed.length - newMalformed.length
  return { events: newEvents, identities: newIdentities, malformed: newMalformed, repeats }
}
