import type { AuditLogEvent } from '@asana-audit/schema'
import { type Instant, instantAt } from '@asana-audit/schema/lossless'
import { eventWeight } from './event-texts.ts'

/** An event in the heap. `order` keeps events with equal times in the order they came. */
interface Waiting {
  readonly at: Instant
  readonly order: number
  readonly event: AuditLogEvent
  readonly weight: number
}

/** About 10,000 events of the usual size. */
const capacity = 16 * 2 ** 20

/**
 * Sorts events by `created_at` in bounded memory: holds back about 10,000 (16 MiB) and always yields the oldest. So a smaller result is
 * always in order, and a larger one if no event is further out of order than that. Calls `onLate` for each event that it yields after a
 * newer one.
 */
export async function* inTimeOrder(
  events: AsyncIterable<AuditLogEvent>,
  onLate: () => void,
): AsyncGenerator<AuditLogEvent, void, undefined> {
  const heap: Waiting[] = []
  let weight = 0
  let order = 0
  let last: Waiting | undefined

  function takeOldest(): AuditLogEvent {
    const oldest = heap[0] as Waiting
    const end = heap.pop() as Waiting
    if (heap.length > 0) siftDown(heap, end)
    weight -= oldest.weight
    if (last && isBefore(oldest, last)) onLate()
    else last = oldest
    return oldest.event
  }

  for await (const event of events) {
    const waiting = { at: instantAt(event.created_at), order, event, weight: eventWeight(event) }
    order += 1
    weight += waiting.weight
    siftUp(heap, waiting)
    while (weight > capacity) yield takeOldest()
  }
  while (heap.length > 0) yield takeOldest()
}

/** The newest `most` events, oldest first. Holds twice as many in memory. */
export async function newest(events: AsyncIterable<AuditLogEvent>, most: number): Promise<AuditLogEvent[]> {
  let kept: Omit<Waiting, 'weight'>[] = []
  let order = 0
  const cut = (): void => {
    kept = kept.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(-most)
  }
  for await (const event of events) {
    kept.push({ at: instantAt(event.created_at), order, event })
    order += 1
    if (kept.length >= 2 * most) cut()
  }
  cut()
  return kept.map(({ event }) => event)
}

type SortKey = Pick<Waiting, 'at' | 'order'>

function isBefore(a: SortKey, b: SortKey): boolean {
  if (a.at[0] !== b.at[0]) return a.at[0] < b.at[0]
  return a.at[1] === b.at[1] ? a.order < b.order : a.at[1] < b.at[1]
}

/** Puts an item into a binary heap whose first item is the oldest. */
function siftUp(heap: Waiting[], item: Waiting): void {
  let index = heap.length
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent] as Waiting
    if (!isBefore(item, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = item
}

/** Replaces the first item of the heap. */
function siftDown(heap: Waiting[], item: Waiting): void {
  let index = 0
  for (;;) {
    let child = 2 * index + 1
    const [left, right] = [heap[child], heap[child + 1]]
    if (left === undefined) break
    if (right && isBefore(right, left)) child += 1
    const younger = heap[child] as Waiting
    if (!isBefore(younger, item)) break
    heap[index] = younger
    index = child
  }
  heap[index] = item
}
