import { millisAt } from '@asana-audit/schema/lossless'
import type { Arrival, Batch, Identified, Lane } from '../contract.ts'
import type { TimeSpan } from '../ledger-hour.ts'
import type { CoalescedBatches } from './coalesce-batches.ts'

/** Reports how each event came. If the state fails, it rejects with that fault and has reported nothing. */
export type TellArrivals<E> = (
  events: readonly E[],
  from: Pick<CoalescedBatches<E>, 'batches' | 'reread'>,
) => Promise<void>

export function arrivalsIn<E extends Identified>(
  lane: Lane,
  onArrival: (event: E, arrival: Arrival) => void,
): TellArrivals<E> {
  let deliveredSpans: readonly TimeSpan[] | undefined
  return async (events, { batches, reread }) => {
    // A running pipeline is never rewound, so one look into the state is enough.
    deliveredSpans ??= (await lane.deliveredBefore?.()) ?? []
    // In a re-read, the events with a known id were dropped already.
    const ids = reread ? [] : events.map(({ gid }) => gid)
    const known = new Set(ids.length > 0 ? await lane.known(ids) : [])
    const received = receivedIn(batches)
    for (const event of events) {
      // The time of a late event was delivered before, but the event itself is new.
      const isRepeat = known.has(event.gid) || (reread !== 'late' && isWithin(deliveredSpans, event))
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
