import type { Clock } from '../clock.ts'
import type { Arrival, Identified, Sink, Source } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import type { OptionNames } from '../options/refuse-unknown-options.ts'
import type { DestinationHealth } from '../write/destination-health.ts'
import type { UncertainPolicy } from '../write/write-outcome.ts'
import type { InState } from './in-state.ts'

/** The options that `deliver` and `deliverLanes` share. */
export interface DeliveryOptions<E extends Identified, R> {
  /** Where events come from: anything with `read(cursor, signal)`, such as `asanaSource(…)`. */
  readonly source: Source<E>
  /** Turns an event into what the sink takes. If it throws, the event is quarantined as `unmappable`. */
  readonly map: (event: E) => R
  /** Where records go: anything with `write(records, signal)`. It may have `prefers`: how much it takes at once. */
  readonly sink: Sink<R>
  /** Stops the delivery: waits end at once, and everything accepted is committed. */
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
   * One `newDestinationHealth()` of `@asana-audit/core/sink-kit`, shared by all deliveries to a destination.
   * @default its own
   */
  readonly health?: DestinationHealth<R> | undefined
  /**
   * Called with each event before it is mapped: when its page came, and whether this pipeline delivered it before. It must not throw.
   *
   * The second argument is `{ receivedAt, isRepeat }`. The state is then asked for the ids of each write.
   */
  readonly onArrival?: ((event: E, arrival: Arrival) => void) | undefined
  /** Called with each fact (see Facts). It must not throw. */
  readonly onFact?: OnFact | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
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
  ...{
    onUncertain: true,
    pauseMs: true,
    giveUpAfterMs: true,
    health: true,
    onArrival: true,
    onFact: true,
    clock: true,
  },
}

export interface Delivered {
  /** Events the destination accepted, counted once each. */
  readonly delivered: number
  readonly quarantined: number
  /** Events dropped in a re-read because the destination already had them. */
  readonly repeats: number
}
