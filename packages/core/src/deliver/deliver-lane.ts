import { setImmediate } from 'node:timers/promises'
import { anySignal } from '../abort/any-signal.ts'
import { systemClock } from '../clock.ts'
import type { Batch, Identified, Lane, Malformed, QuarantineEntry } from '../contract.ts'
import { retry } from '../retry.ts'
import { gidOf } from '../state/malformed-id.ts'
import { newDestinationHealth, vouchedForAfter } from '../write/destination-health.ts'
import { coalesceBatches } from './coalesce-batches.ts'
import { committer } from './committer.ts'
import type { Delivered, DeliveryOptions } from './delivery-options.ts'
import { deliveryPolicies } from './delivery-policies.ts'
import { dropRepeats } from './drop-repeats.ts'
import { hardStopAfter } from './hard-stop.ts'
import { reopenOnFailure } from './reopen-on-failure.ts'
import { writeEvents } from './write-events.ts'
import { writeQueue } from './write-queue.ts'

/** Records in a write where the sink says nothing. */
const usualRecords = 1_000
/** Bytes of pages, as they came, in one write and in all that are under way: memory stays bounded whatever the events weigh. */
const writeBytes = 4 * 2 ** 20
const heldBytes = 64 * 2 ** 20

/** `deliver` into one lane, with options that are checked: the loop from source to commit. */
export async function deliverLane<E extends Identified, R>(
  options: DeliveryOptions<E, R>,
  lane: Lane,
): Promise<Delivered> {
  const { source, sink, signal, graceMs = 10_000, clock = systemClock, onFact } = options
  const { records = usualRecords, inFlight = 1, maxWaitMs = 1_000 } = sink.prefers ?? {}
  const health = options.health ?? newDestinationHealth<R>()
  const over = new AbortController()
  const failed = new AbortController()
  // Whatever still waits when one part has failed for good must not wait on by itself: writes, and the source.
  const stop = anySignal(failed.signal, signal)
  const hardStop = AbortSignal.any([hardStopAfter(stop, graceMs, clock, over.signal), over.signal])
  const policies = deliveryPolicies(options, AbortSignal.any([stop, over.signal]))
  const { commit, totals } = committer({ lane, policy: policies.state, hardStop, clock, onFact })
  const write = writeEvents({ ...options, clock, health, policies, hardStop })
  const queue = writeQueue({
    commit,
    isFull: (writes, bytes) => {
      // Beside one that pauses one more may be tried, as its acceptance would clear it.
      const most = health.isProven ? inFlight : Math.min(inFlight, health.state === 'paused' ? 2 : 1)
      return writes >= most || bytes > heldBytes || health.isTroubled
    },
    clock,
    failed,
    over: over.signal,
  })
  health.waiting.add(queue.look)

  let batches: AsyncGenerator<Batch<E>> | undefined
  try {
    const vouchedFor = vouchedForAfter(await retry(async () => lane.acceptance?.(), policies.state))
    health.vouchedFor = Math.max(health.vouchedFor, vouchedFor)
    batches = reopenOnFailure(source, await retry(() => lane.load(), policies.state), policies.source)
    const limits = { records, bytes: writeBytes, waitMs: maxWaitMs, clock }
    for await (const list of coalesceBatches(batches, limits)) {
      const { cursor, bytes, reread } = list
      if (list.batches.every(isEmpty)) {
        queue.pass(cursor)
        continue
      }
      await queue.room(bytes)
      // A turn of the event loop, for the request of the next page and the write before to leave: mapping and encoding hold it up.
      await setImmediate()
      // What this destination has is known once everything before is committed.
      if (reread) await queue.drained()
      const { events, malformed, repeats } = await retry(() => dropRepeats(list, lane), policies.state)
      if (repeats > 0) onFact?.({ type: 'repeats_dropped', events: repeats })
      const flight = { cursor, bytes, malformed: malformed.map(malformedEntry), repeats }
      queue.start(flight, write(events, reread === 'late'))
    }
    await queue.drained()
  } catch (error) {
    const isStop = signal?.aborted
    if (!stop.aborted) failed.abort(error)
    // What is under way may still finish within its grace: what is accepted and not committed is delivered again.
    await queue.ended()
    if (!isStop) throw error
  } finally {
    await queue.flush()
    over.abort()
    await queue.ended()
    health.waiting.delete(queue.look)
    await batches?.return(undefined)
  }
  return totals
}

function isEmpty({ events, malformed, reread }: Batch<unknown>): boolean {
  return events.length === 0 && malformed.length === 0 && reread === undefined
}

function malformedEntry({ raw, reason }: Malformed): QuarantineEntry {
  return { kind: 'malformed', id: gidOf(raw), code: 'not_an_event', reason, event: raw }
}
