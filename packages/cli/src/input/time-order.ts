import type { AuditLogEvent } from '@asana-audit/schema'
import { type Instant, parseInstant } from '@asana-audit/schema/lossless'
import { eventWeight } from './event-texts.ts'

/** Waits to be given out; `order` keeps equal times as they came. */
interface Waiting {
  readonly at: Instant
  readonly order: number
  readonly event: AuditLogEvent
  readonly weight: number
}

/** About 10,000 events of an ordinary size. */
const capacity = 16 * 2 ** 20

/**
 * Events by `created_at`, in memory that does not grow: holds back some 10,000 (16 MiB) and always gives out the oldest. So a
 * smaller result is in order whatever it came from, and a bigger one where no event comes later than that. `onLate` is told of
 * each event given out after a newer one.
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
    if (heap.length > 0) sink(heap, end)
    weight -= oldest.weight
    if (last && isBefore(oldest, last)) onLate()
    else last = oldest
    return oldest.event
  }

  for await (const event of events) {
    const waiting = { at: instantOf(event), order, event, weight: eventWeight(event) }
    order += 1
    weight += waiting.weight
    rise(heap, waiting)
    while (weight > capacity) yield takeOldest()
  }
  while (heap.length > 0) yield takeOldest()
}

/** The newest `most` events, oldest first, in memory for twice as many. */
export async function newest(events: AsyncIterable<AuditLogEvent>, most: number): Promise<AuditLogEvent[]> {
  let kept: Omit<Waiting, 'weight'>[] = []
  let order = 0
  const cut = (): void => {
    kept = kept.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(-most)
  }
  for await (const event of events) {
    kept.push({ at: instantOf(event), order, event })
    order += 1
    if (kept.length >= 2 * most) cut()
  }
  cut()
  return kept.map(({ event }) => event)
}

function instantOf({ created_at }: AuditLogEvent): Instant {
  return parseInstant(created_at) ?? [0, 0]
}

type Place = Pick<Waiting, 'at' | 'order'>

function isBefore(a: Place, b: Place): boolean {
  if (a.at[0] !== b.at[0]) return a.at[0] < b.at[0]
  return a.at[1] === b.at[1] ? a.order < b.order : a.at[1] < b.at[1]
}

/** Puts an item into a binary heap whose first item is the oldest. */
function rise(heap: Waiting[], item: Waiting): void {
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

/** Puts an item in place of the first. */
function sink(heap: Waiting[], item: Waiting): void {
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
