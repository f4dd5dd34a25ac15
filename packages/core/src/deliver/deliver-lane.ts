import { setImmediate } from 'node:timers/promises'
import { anySignal } from '../abort/any-signal.ts'
import { systemClock } from '../clock.ts'
import type { Batch, Identified, Identity, Lane, Malformed } from '../contract.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { retry } from '../retry.ts'
import { gidOf } from '../state/malformed-id.ts'
import { newDestinationHealth, quarantineAllowanceAfter } from '../write/destination-health.ts'
import { arrivalsIn } from './arrivals.ts'
import { type CoalescedBatches, coalesceBatches } from './coalesce-batches.ts'
import { committer } from './committer.ts'
import type { Delivered, DeliveryOptions } from './delivery-options.ts'
import { deliveryPolicies } from './delivery-policies.ts'
import { dropRepeats, type WithoutRepeats } from './drop-repeats.ts'
import { hardStopAfter } from './hard-stop.ts'
import { reopenOnFailure } from './reopen-on-failure.ts'
import { eventsIn, type UnsavedEvents, unsavedEvents } from './unsaved-events.ts'
import { writeEvents } from './write-events.ts'
import { type Outcome, type WriteQueue, writeQueue } from './write-queue.ts'

/** Records in a write if the sink has no preference. */
const usualRecords = 1_000
/** How long an event waits for others if the sink has no preference, in milliseconds. */
const usualWaitMs = 1_000
/** Bytes of pages in one write if the sink has no preference: events can be large, so the number of records does not limit memory. */
const usualBytes = 4 * 2 ** 20
/** Most bytes of pages in all writes under way, for the same reason. */
const heldBytes = 64 * 2 ** 20

/** Made once: an abort without a reason makes an error with a stack, a twentieth of the CPU time of a run that finds nothing new. */
const isOver = new Error('The delivery is over.')

/** The loop from source to commit, for one lane and checked options. */
export async function deliverLane<E extends Identified, R>(
  options: DeliveryOptions<E, R>,
  lane: Lane,
): Promise<Delivered> {
  const { source, sink, signal, graceMs = 10_000, clock = systemClock, onFact } = options
  const {
    records = usualRecords,
    bytes = usualBytes,
    inFlight = 1,
    maxWaitMs = usualWaitMs,
  } = sink.prefers ?? {}
  const health = options.health ?? newDestinationHealth<R>()
  const over = new AbortController()
  const failed = new AbortController()
  const lost = new AbortController()
  // When one part has failed for good, everything that still waits must stop waiting: writes and the source.
  const stop = anySignal(failed.signal, signal)
  const graceOver = hardStopAfter(stop, graceMs, clock, over.signal)
  const hardStop = AbortSignal.any([graceOver, lost.signal, over.signal])
  const policies = deliveryPolicies(options, AbortSignal.any([stop, over.signal]))
  const { contentForm = '' } = source
  const unsaved = unsavedEvents()
  const { commit, totals } = committer({
    ...{ contentForm, lane, policy: policies.state, hardStop, lost, unsaved, clock, onFact },
  })
  const tellArrivals = options.onArrival && arrivalsIn(lane, options.onArrival)
  const write = writeEvents({ ...options, tellArrivals, clock, health, policies, hardStop })
  const queue = writeQueue({
    commit,
    isFull: (writes, held) => {
      // While one write pauses, one more may be tried: its acceptance ends the pause.
      const most = health.isProven ? inFlight : Math.min(inFlight, health.state === 'paused' ? 2 : 1)
      return writes >= most || held > heldBytes || health.isRetrying
    },
    clock,
    failed,
    over: over.signal,
  })
  health.waiting.add(queue.look)

  let batches: AsyncGenerator<Batch<E>> | undefined
  // The first one is thrown: a later one may be its consequence.
  const errors: unknown[] = []
  try {
    const quarantineAllowance = quarantineAllowanceAfter(
      await retry(async () => lane.acceptance?.(), policies.state),
    )
    health.quarantineAllowance = Math.max(health.quarantineAllowance, quarantineAllowance)
    batches = reopenOnFailure(source, await retry(() => lane.load(), policies.state), policies.source)
    const limits = { records, bytes, waitMs: maxWaitMs, overEmpty: maxWaitMs > usualWaitMs, clock }
    const withoutRepeats = async (list: CoalescedBatches<E>): Promise<WithoutRepeats<E>> => {
      const found = await retry(() => dropRepeats(list, lane), policies.state)
      if (found.repeats > 0) onFact?.({ type: 'repeats_dropped', events: found.repeats })
      if (tellArrivals) await retry(() => tellArrivals(found.events, list), policies.state)
      return found
    }
    for await (const list of coalesceBatches(unsaved.counting(batches), limits))
      await enqueue(list, { queue, unsaved, withoutRepeats, write })
    queue.savePosition()
    await queue.drained()
  } catch (error) {
    const isStop = signal?.aborted
    if (!stop.aborted) failed.abort(error)
    // Writes under way may still finish within the grace: events accepted but not committed would be delivered again.
    await queue.ended()
    if (!isStop) errors.push(error)
  }
  await queue.flush()
  over.abort(isOver)
  await queue.ended()
  health.waiting.delete(queue.look)
  await batches?.return(undefined).catch((error: unknown) => errors.push(error))
  // Also after a stop: the caller must not believe that what was accepted is saved.
  lost.signal.throwIfAborted()
  if (signal?.aborted && queue.uncommitted() > 0) onFact?.({ type: 'cut_off', events: queue.uncommitted() })
  if (errors.length > 0) throw errors[0]
  return totals
}

interface Enqueuing<E> {
  readonly queue: WriteQueue
  readonly unsaved: UnsavedEvents
  readonly withoutRepeats: (list: CoalescedBatches<E>) => Promise<WithoutRepeats<E>>
  readonly write: (events: readonly E[], identities: readonly Identity[], isLate: boolean) => Promise<Outcome>
}

/** Begins the write of a list as soon as there is room for it. A list with nothing to write only moves the position. */
async function enqueue<E>(
  list: CoalescedBatches<E>,
  { queue, unsaved, withoutRepeats, write }: Enqueuing<E>,
): Promise<void> {
  const { cursor, readBy, bytes, reread } = list
  const reached = { cursor, readBy }
  if (list.batches.every(isEmpty)) return queue.pass(reached, 0)
  await queue.room(bytes)
  // Let the event loop send the next page's request and the previous write first: mapping and encoding block it.
  await setImmediate()
  // The state knows all ids only when everything before is committed.
  if (reread) await queue.drained()
  const { events, identities, malformed, repeats } = await withoutRepeats(list)
  const taken = eventsIn(list.batches)
  if (events.length + malformed.length === 0) {
    unsaved.saved(taken)
    return queue.pass(reached, repeats)
  }
  queue.start(
    { reached, bytes, malformed: malformed.map(malformedEntry), repeats, events: taken },
    write(events, identities, reread === 'late'),
  )
}

function isEmpty({ events, malformed, reread }: Batch<unknown>): boolean {
  return events.length === 0 && malformed.length === 0 && reread === undefined
}

function malformedEntry({ raw, reason }: Malformed): QuarantineEntry {
  return { kind: 'malformed', id: gidOf(raw), code: 'not_an_event', reason, event: raw }
}
