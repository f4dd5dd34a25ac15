import { millisAt } from '@asana-audit/schema/lossless'
import type { Arrival, Batch, Identified, Lane } from '../contract.ts'
import type { TimeSpan } from '../ledger-hour.ts'
import type { CoalescedBatches } from './coalesce-batches.ts'

/** Tells how each of these events came. Rejects with a fault of the state, and has told nothing then. */
export type TellArrivals<E> = (
  events: readonly E[],
  from: Pick<CoalescedBatches<E>, 'batches' | 'reread'>,
) => Promise<void>

/** For the events of one lane. */
export function arrivalsIn<E extends Identified>(
  lane: Lane,
  onArrival: (event: E, arrival: Arrival) => void,
): TellArrivals<E> {
  let before: readonly TimeSpan[] | undefined
  return async (events, { batches, reread }) => {
    // Nobody rewinds a pipeline that runs, so once is enough.
    before ??= (await lane.deliveredBefore?.()) ?? []
    // What a re-read brings was dropped where its id is known.
    const ids = reread ? [] : events.map(({ gid }) => gid)
    const known = new Set(ids.length > 0 ? await lane.known(ids) : [])
    const received = receivedIn(batches)
    for (const event of events) {
      // A late event is in a time that was delivered, and new all the same.
      const isRepeat = known.has(event.gid) || (reread !== 'late' && isWithin(before, event))
      known.add(event.gid)
      onArrival(event, { receivedAt: received.get(event), isRepeat })
    }
  }
}

function isWithin(spans: readonly TimeSpan[], { created_at: createdAt }: Identified): boolean {
  const at = millisAt(createdAt)
  return spans.some(({ from, until }) => at >= from && at < until)
}

function receivedIn<E>(batches: readonly Batch<E>[]): ReadonlyMap<E, number | undefined> {
  return new Map(
    batches.flatMap(({ events, receivedAt }) => events.map((event) => [event, receivedAt] as const)),
  )
}
