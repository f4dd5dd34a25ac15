import type { Identified, Lane } from '../contract.ts'
import { checkOptions } from '../options/check-options.ts'
import { refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import { deliverLane } from './deliver-lane.ts'
import { type Delivered, type DeliveryOptions, deliveryNames } from './delivery-options.ts'
import { type InState, startedLane, withClaim } from './in-state.ts'

/** Where the position is saved: `pipeline` and `state`, claimed and released here, or a `lane` that the caller holds. */
export type DeliverOptions<E extends Identified, R> = DeliveryOptions<E, R> &
  ((InState & { readonly lane?: undefined }) | InLane)

interface InLane {
  /** Instead of `pipeline` and `state`: `await claim.lane(name, source.fingerprint)`, or an object of your own. */
  readonly lane: Lane
  readonly pipeline?: undefined
  readonly state?: undefined
}

/**
 * Moves everything from a source to a sink, saving the cursor only after the sink has accepted the batch: the one rule of
 * this project (at-least-once delivery). Several writes may be under way; commits always follow the order of the source.
 * Resolves at the end of the source or on a requested stop. The process may be killed at any moment; the next run repeats
 * at most the writes that were accepted but not yet committed.
 *
 * With `pipeline` and `state` it claims the pipeline, uses the lane `live`, and releases the claim at the end; it rejects with a
 * fatal `already_running` if another runner has the claim. With `lane` the caller holds the claim and releases it.
 */
export async function deliver<E extends Identified, R>(options: DeliverOptions<E, R>): Promise<Delivered> {
  refuseUnknownOptions('deliver', { ...deliveryNames, lane: true }, options)
  checkOptions('deliver', options, 'lane')
  if (options.lane) return deliverLane(options, options.lane)
  return withClaim(options, async (claim) => {
    const lane = await startedLane(claim, options)
    return lane ? deliverLane(options, lane) : { delivered: 0, quarantined: 0, repeats: 0 }
  })
}
