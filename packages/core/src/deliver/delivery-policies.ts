import { systemClock } from '../clock.ts'
import type { Identified } from '../contract.ts'
import type { RetryPolicy } from '../retry.ts'
import type { DeliveryOptions } from './delivery-options.ts'

/** How each part of a delivery is tried again. */
export interface DeliveryPolicies {
  readonly source: RetryPolicy
  readonly state: RetryPolicy
  /** Of one write. Until the destination is proven it is given up sooner, where that was asked for. */
  sink(isProven: boolean): RetryPolicy
}

/** `ended` is aborted when nothing is to be waited for any more. */
export function deliveryPolicies<E extends Identified, R>(
  options: DeliveryOptions<E, R>,
  ended: AbortSignal,
): DeliveryPolicies {
  const { source, sink, onFatal = 'pause', pauseMs = 300_000, clock = systemClock, onFact } = options
  const { untilFirstWrite, afterwards } = options.giveUpAfterMs ?? {}
  const common = { clock, signal: ended, onFatal, pauseMs, onFact }
  // Only from a failure on: nothing new for however long is no failure of the source.
  const failingMs = afterwards ?? Number.POSITIVE_INFINITY
  return {
    // A source waits faults out by itself; what it rejects with and yet is temporary, it is asked for again.
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
