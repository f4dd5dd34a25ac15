import { setImmediate } from 'node:timers/promises'
import { anySignal } from '../abort/any-signal.ts'
import { retentionMs } from '../asana/retention.ts'
import { type Clock, systemClock } from '../clock.ts'
import type {
  Batch,
  Commit,
  Identified,
  Lane,
  Malformed,
  QuarantineEntry,
  Sink,
  Source,
} from '../contract.ts'
import { later } from '../event-time.ts'
import type { OnFact } from '../fact.ts'
import { checkNeeded } from '../options/needed-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { gidOf } from '../state/malformed-id.ts'
import { deliverWrite } from '../write/deliver-write.ts'
import { type DestinationHealth, newDestinationHealth, vouchedForAfter } from '../write/destination-health.ts'
import type { Identifiable, Streak, Unaccepted, UncertainPolicy } from '../write/write-outcome.ts'
import { checkEvent } from './check-batch.ts'
import { type CoalescedBatches, coalesceBatches } from './coalesce-batches.ts'
import { dropRepeats } from './drop-repeats.ts'
import { hardStopAfter } from './hard-stop.ts'
import { type InState, startedLane, withClaim } from './in-state.ts'
import { mapBatch } from './map-batch.ts'
import { quarantineFacts } from './quarantine-facts.ts'
import { reopenOnFailure } from './reopen-on-failure.ts'
import { type Outcome, writeQueue } from './write-queue.ts'

/** What `deliver` and `deliverLanes` are told, whoever claims the pipeline. */
export interface DeliveryOptions<E extends Identified, R> {
  /** Where events come from: anything with `read(cursor, signal)`, such as `asanaSource(…)`. */
  readonly source: Source<E>
  /** Makes what the sink takes from an event. If it throws, the event is quarantined as `unmappable`. */
  readonly map: (event: E) => R
  /** Where records go: anything with `write(records, signal)`. It may have `prefers`, see below. */
  readonly sink: Sink<R>
  /** Asks to stop: waits end at once, and everything accepted is committed. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long a write may go on after a stop, or after something else failed for good, in milliseconds.
   * @default 10_000
   */
  readonly graceMs?: number | undefined
  /**
   * After a fatal fault, `pause` tries again every `pauseMs`, and when the credentials change. `reject` rejects.
   *
   * Credentials change when `changed` of the source or of the sink resolves, as with `watchedSecret`.
   * @default 'pause'
   */
  readonly onFatal?: 'pause' | 'reject' | undefined
  /**
   * If an unknown part of a write was taken: `quarantine` the write, `stop` before it, or `resend` it in halves.
   *
   * `quarantine` marks it as uncertain. `stop` rejects with `stopped_uncertain`. `resend` is for stores that drop repeats by
   * id: it finds the record at fault.
   * @default `quarantine`
   */
  readonly onUncertain?: UncertainPolicy | undefined
  /**
   * How long a pause lasts, in milliseconds.
   * @default 300_000
   */
  readonly pauseMs?: number | undefined
  /**
   * `{ untilFirstWrite, afterwards }`, in milliseconds: how long it tries without success before it rejects with `gave_up`.
   *
   * `afterwards` counts from the last success, of source and state too. Before the first accepted write, `untilFirstWrite`
   * counts from the first failure, if that is sooner. The write under way is ended.
   * @default never
   */
  readonly giveUpAfterMs?: { readonly untilFirstWrite: number; readonly afterwards: number } | undefined
  /**
   * One `newDestinationHealth()` of `@asana-audit/core/sink-kit` for all deliveries to a destination: they judge it together.
   * @default its own
   */
  readonly health?: DestinationHealth<R> | undefined
  /** Called with each fact (see Facts). It must not throw. */
  readonly onFact?: OnFact | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

/** Where to remember how far it is: a pipeline of a state, which it claims and releases, or a lane of the caller's own. */
export type DeliverOptions<E extends Identified, R> = DeliveryOptions<E, R> &
  ((InState & { readonly lane?: undefined }) | InLane)

interface InLane {
  /** In place of `pipeline` and `state`: `await claim.lane(name, source.fingerprint)`, or an object of your own. */
  readonly lane: Lane
  readonly pipeline?: undefined
  readonly state?: undefined
}

export const deliveryNames: OptionNames<DeliveryOptions<never, never> & InState> = {
  ...{
    source: true,
    map: true,
    sink: true,
    pipeline: true,
    state: true,
    signal: true,
    graceMs: true,
    onFatal: true,
  },
  ...{ onUncertain: true, pauseMs: true, giveUpAfterMs: true, health: true, onFact: true, clock: true },
}

export interface Delivered {
  /** Events the destination accepted, counted once each. */
  readonly delivered: number
  readonly quarantined: number
  /** Events dropped in a re-read because the destination already had them. */
  readonly repeats: number
}

/** Records in a write where the sink says nothing. */
const usualRecords = 1_000
/** Bytes of pages, as they came, in one write and in all that are under way: memory stays bounded whatever the events weigh. */
const writeBytes = 4 * 2 ** 20
const heldBytes = 64 * 2 ** 20

/**
 * Moves everything from a source to a sink, saving the cursor only after the sink has accepted the batch: the one rule of
 * this project. Several writes may be under way; commits are made in the order of the source, whatever is accepted first.
 * Resolves at the end of the source or on a requested stop. The process may be killed at any moment; the next run repeats
 * at most the writes that were accepted but not yet committed.
 *
 * With `pipeline` and `state` it is the one runner of that pipeline as long as it runs, in the lane `live`; it rejects with a fatal
 * `already_running` where another is. With `lane` the caller has claimed, and releases.
 */
export async function deliver<E extends Identified, R>(options: DeliverOptions<E, R>): Promise<Delivered> {
  refuseUnknownOptions('deliver', { ...deliveryNames, lane: true }, options)
  checkNeeded('deliver', options, 'lane')
  if (options.lane) return deliverLane(options, options.lane)
  return withClaim(options, async (claim) => deliverLane(options, await startedLane(claim, options.source)))
}

/** The same into a lane, with options that are checked. */
export async function deliverLane<E extends Identified, R>(
  options: DeliveryOptions<E, R>,
  lane: Lane,
): Promise<Delivered> {
  const { source, map, sink, signal, onFact } = options
  const { graceMs = 10_000, onFatal = 'pause', pauseMs = 300_000, clock = systemClock } = options
  const { records = usualRecords, inFlight = 1, maxWaitMs = 1_000 } = sink.prefers ?? {}
  const health = options.health ?? newDestinationHealth<R>()
  const streak: Streak = { rejected: 0, acceptances: 0 }
  const totals = { delivered: 0, quarantined: 0, repeats: 0 }
  let newestAt: string | undefined

  const over = new AbortController()
  const failed = new AbortController()
  // Whatever still waits when one part has failed for good must not wait on by itself: writes, and the source.
  const stop = anySignal(failed.signal, signal)
  const ended = AbortSignal.any([stop, over.signal])
  const retryPolicy = { clock, signal: ended, onFatal, pauseMs, onFact } satisfies Omit<RetryPolicy, 'part'>
  const hardStop = AbortSignal.any([hardStopAfter(stop, graceMs, clock, over.signal), over.signal])
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

  async function write(events: readonly E[], isLate: boolean): Promise<Outcome> {
    const { mappable, records, identities, unmappable } = mapBatch(events, map)
    const started = clock.now()
    if (isLate) for (const { id, at } of identities) onFact?.({ type: 'late', id, delayMs: started - at })
    const { untilFirstWrite, afterwards } = options.giveUpAfterMs ?? {}
    const { accepted, unaccepted } = await deliverWrite({
      ...{ records, identities, sink, health, streak, newerThan },
      onUncertain: options.onUncertain,
      hardStop,
      retryPolicy: {
        ...retryPolicy,
        part: 'sink',
        changed: sink.changed?.bind(sink),
        ...(afterwards !== undefined && { giveUpAfterMs: afterwards }),
        ...(!health.isProven && untilFirstWrite !== undefined && { failingMs: untilFirstWrite }),
      },
      onAccepted: (count) => onFact?.({ type: 'write_accepted', records: count, ms: clock.now() - started }),
    })
    return {
      delivered: accepted.map((index) => identities[index]!),
      quarantined: [...unmappable, ...unaccepted.map((one) => unacceptedEntry(mappable[one.index]!, one))],
    }
  }

  async function commit({ cursor, delivered, quarantined }: Commit, repeats: number): Promise<void> {
    // A stop must not keep what was accepted from being committed, and neither must the end of its grace.
    await retry(() => lane.commit({ cursor, delivered, quarantined }), {
      ...loading,
      signal: hardStop,
      attemptEvenIfAborted: true,
    })
    for (const fact of quarantineFacts(quarantined)) onFact?.(fact)
    totals.delivered += delivered.length
    totals.quarantined += quarantined.length
    totals.repeats += repeats
    const newest = delivered.at(-1)
    // A late event is newly delivered and no newer.
    if (newest) newestAt = later(newestAt, new Date(newest.at).toISOString())
    const ageMs = newestAt === undefined ? undefined : clock.now() - Date.parse(newestAt)
    const deletedInMs = ageMs === undefined ? undefined : retentionMs - ageMs
    onFact?.({ type: 'committed', events: delivered.length, newestAt, ageMs, deletedInMs })
  }

  // The source waits faults out by itself; what it rejects with and yet is temporary, it is asked for again.
  const { afterwards: failingMs = Number.POSITIVE_INFINITY } = options.giveUpAfterMs ?? {}
  // Nothing new for however long is no failure.
  const reading = {
    ...retryPolicy,
    part: 'source',
    failingMs,
    changed: source.changed?.bind(source),
  } as const
  const loading = { ...retryPolicy, part: 'state', failingMs } as const

  async function newerThan(at: number): Promise<Identifiable<R> | undefined> {
    const event = await retry(async () => source.newerThan?.(at, reading.signal), reading)
    if (event === undefined) return undefined
    checkEvent(event)
    const { records, identities } = mapBatch([event], map)
    const [[record], [identity]] = [records, identities]
    return record === undefined || identity === undefined ? undefined : { record, identity }
  }

  /** Starts the write of some batches; it is committed after all writes before it. */
  async function start(list: CoalescedBatches<E>): Promise<void> {
    const { cursor, bytes, reread } = list
    // What this destination has is known once everything before is committed.
    if (reread) await queue.drained()
    const { events, malformed, repeats } = await retry(() => dropRepeats(list, lane), loading)
    if (repeats > 0) onFact?.({ type: 'repeats_dropped', events: repeats })
    queue.start(
      { cursor, bytes, malformed: malformed.map(malformedEntry), repeats },
      write(events, reread === 'late'),
    )
  }

  let batches: AsyncGenerator<Batch<E>> | undefined
  try {
    const vouchedFor = vouchedForAfter(await retry(async () => lane.acceptance?.(), loading))
    health.vouchedFor = Math.max(health.vouchedFor, vouchedFor)
    batches = reopenOnFailure(source, await retry(() => lane.load(), loading), reading)
    for await (const list of coalesceBatches(batches, {
      records,
      bytes: writeBytes,
      waitMs: maxWaitMs,
      clock,
    })) {
      if (list.batches.every(isEmpty)) {
        queue.pass(list.cursor)
        continue
      }
      await queue.room(list.bytes)
      // A turn of the event loop, for the request of the next page and the write before to leave: mapping and encoding hold it up.
      await setImmediate()
      await start(list)
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

function unacceptedEntry(event: Identified, { kind, code, reason }: Unaccepted): QuarantineEntry {
  return { kind, id: event.gid, code, reason, event }
}
