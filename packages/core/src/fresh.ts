import type { Batch, Lane, Refused } from './contract.ts'

export interface Fresh<E> {
  readonly events: readonly E[]
  readonly refused: readonly Refused[]
  readonly repeats: number
}

/** What is to be delivered of some batches: in a re-read only what this destination does not have. */
export async function fresh<E extends { readonly gid: string }>(
  batches: readonly Batch<E>[],
  reread: Batch<E>['reread'],
  lane: Lane,
): Promise<Fresh<E>> {
  const events = batches.flatMap((batch) => batch.events)
  const refused = batches.flatMap((batch) => batch.refused)
  if (!reread) return { events, refused, repeats: 0 }
  const ids = [...events.map((event) => event.gid), ...refused.flatMap(({ raw }) => gidOf(raw) ?? [])]
  const known = new Set(await lane.known(ids))
  const isNew = (id: string | undefined): boolean => {
    if (id === undefined) return true
    if (known.has(id)) return false
    known.add(id)
    return true
  }
  const newEvents = events.filter((event) => isNew(event.gid))
  const newRefused = refused.filter(({ raw }) => isNew(gidOf(raw)))
  const repeats = events.length - newEvents.length + refused.length - newRefused.length
  return { events: newEvents, refused: newRefused, repeats }
}

/** The id of something that is not an event, if it has one. */
export function gidOf(raw: unknown): string | undefined {
  const gid = (raw as { gid?: unknown } | null)?.gid
  return typeof gid === 'string' && gid !== '' ? gid : undefined
}
