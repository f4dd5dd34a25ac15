import { systemClock } from '../clock.ts'
import type { Identified } from '../contract.ts'
import type { RetryPolicy } from '../retry.ts'
import type { DeliveryOptions } from './delivery-options.ts'

/** The retry policy of each part of a delivery. */
export interface DeliveryPolicies {
  readonly source: RetryPolicy
  readonly state: RetryPolicy
  /** For one write. Before the destination is proven, `untilFirstWrite` can end it sooner. */
  sink(isProven: boolean): RetryPolicy
}

/** `ended` is aborted when all waits must end. */
export function deliveryPolicies<E extends Identified, R>(
  options: DeliveryOptions<E, R>,
  ended: AbortSignal,
): DeliveryPolicies {
  const { source, sink, onFatal = 'pause', pauseMs = 300_000, clock = systemClock, onFact } = options
  const { untilFirstWrite, afterwards } = options.giveUpAfterMs ?? {}
  const common = { clock, signal: ended, onFatal, pauseMs, onFact }
  // Counted from a failure on: a long time without new events is not a failure of the source.
  const failingMs = afterwards ?? Number.POSITIVE_INFINITY
  return {
    // A source waits out faults by itself. If it still rejects with a temporary one, it is read again.
    source: { ...common, part: 'source', failingMs, changed: source.changed?.bind(source) },
    state: { ...common, part: 'state', failingMs },
    sink: (isProven) => ({
      ...common,
      part: 'sink',
      changed: sink.changed?.bind(sink),
      ...(afterwards !== undefined && { giveUpAfterMs: afterwards }),
      ...(!isProven && untilFirstWrite !== undefined && { failingMs: untilFirstWrite }),
    }),
  }
}
