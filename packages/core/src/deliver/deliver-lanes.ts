import type { AuditLogEvent } from '@asana-audit/schema'
import { anySignal } from '../abort/any-signal.ts'
import type { Claim, Cursor } from '../contract.ts'
import type { Fact } from '../fact.ts'
import { checkOptions } from '../options/check-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import { retry } from '../retry.ts'
import { checkPolls } from '../source/source-options.ts'
import { openEnd } from '../state/hour-spans.ts'
import { newDestinationHealth } from '../write/destination-health.ts'
import { deliverLane } from './deliver-lane.ts'
import { type Delivered, type DeliveryOptions, deliveryNames } from './delivery-options.ts'
import { divideLog } from './divide-log.ts'
import { type InState, withClaim } from './in-state.ts'
import { type LaneName, type LaneSourceOptions, laneSource } from './lane-source.ts'
import { shareSink } from './share-sink.ts'

/** Where positions are saved: `pipeline` and `state`, claimed and released here, or a `claim` that the caller holds. */
export type DeliverLanesOptions<R> = LanesOptions<R> & ((InState & { readonly claim?: undefined }) | InClaim)

interface InClaim {
  /** Instead of `pipeline` and `state`: `await state.claim(pipeline)`. The caller releases it. Its lanes are `live` and `backlog`. */
  readonly claim: Claim
  readonly pipeline?: undefined
  readonly state?: undefined
}

export interface LanesOptions<R> extends Omit<DeliveryOptions<AuditLogEvent, R>, 'source' | 'onFact'> {
  /** The options of `asanaSource` without `onFact` and `clock`, plus `windows` and `aheadBytes` of `asanaBackfill` for the backlog. */
  readonly source: Omit<LaneSourceOptions, 'onFact' | 'clock'>
  /** Called with each fact and its lane, `live` or `backlog`. It must not throw. */
  readonly onFact?: ((fact: Fact, lane: LaneName) => void) | undefined
}

const names: OptionNames<LanesOptions<never> & InState & Pick<InClaim, 'claim'>> = {
  ...deliveryNames,
  claim: true,
}

/**
 * Delivers new events and the backlog at the same time: new alerts do not wait for 90 days of history. A backlog of a few pages is
 * simply read first. Otherwise the time of the first start divides the two, by Asana's clock or ours, whichever is earlier. It is
 * stored before anything is read. Lane `backlog` reads what is before it, in windows, and ends; lane `live` reads what comes after.
 * Both share sink, ids, ledger and budget. When one fails for good, the other is stopped and this rejects.
 */
export async function deliverLanes<R>(options: DeliverLanesOptions<R>): Promise<Delivered> {
  refuseUnknownOptions('deliverLanes', names, options)
  checkOptions('deliverLanes', options, 'claim')
  checkOptions('source', options.source)
  checkPolls(options.source)
  if (options.claim) return deliverClaimed(options, options.claim)
  return withClaim(options, (claim) => deliverClaimed(options, claim))
}

async function deliverClaimed<R>(options: LanesOptions<R>, claim: Claim): Promise<Delivered> {
  const { onFact, ...rest } = options
  const failed = new AbortController()
  const signal = anySignal(rest.signal, failed.signal)
  const sink = shareSink(rest.sink)
  const health = rest.health ?? newDestinationHealth<R>()
  let lanes: readonly LaneName[]
  try {
    lanes = await divide(options, claim)
  } catch (error) {
    if (rest.signal?.aborted) return nothing
    throw error
  }
  const run = async (name: LaneName): Promise<Delivered> => {
    try {
      const report = onFact && ((fact: Fact) => onFact(fact, name))
      const clock = rest.clock && { clock: rest.clock }
      const read = laneSource(name, { ...options.source, ...clock, onFact: report })
      const waiting = { part: 'state', signal, onFact: report, ...clock } as const
      // If the caller stopped it, this is not an error.
      const lane = await retry(() => claim.lane(name, read.fingerprint), waiting).catch((error: unknown) => {
        if (!rest.signal?.aborted) throw error
      })
      if (!lane) return nothing
      return await deliverLane({ ...rest, source: read, sink, health, signal, onFact: report }, lane)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  }
  const ends = await Promise.allSettled(lanes.map(run))
  if (failed.signal.aborted) throw failed.signal.reason
  return ends.reduce((sum, end) => (end.status === 'fulfilled' ? added(sum, end.value) : sum), {
    delivered: 0,
    quarantined: 0,
    repeats: 0,
  })
}

const nothing: Delivered = { delivered: 0, quarantined: 0, repeats: 0 }

/** Which lanes to run. At the first start and after a rewind, the time that divides them is saved before anything is read. */
async function divide<R>(options: LanesOptions<R>, claim: Claim): Promise<readonly LaneName[]> {
  const { signal, onFatal = 'pause', pauseMs, clock, onFact, source } = options
  const report = onFact && ((fact: Fact) => onFact(fact, 'live'))
  const waiting = { part: 'state', signal, onFact: report, ...(clock && { clock }) } as const
  const patient = { ...waiting, onFatal, ...(pauseMs !== undefined && { pauseMs }) } as const
  const saved = async (name: LaneName): Promise<Cursor | undefined> => {
    const { fingerprint } = laneSource(name, source)
    return retry(async () => (await claim.lane(name, fingerprint)).load(), waiting)
  }
  const cursors = { live: await saved('live'), backlog: await saved('backlog') }
  const { lanes, moved } = await divideLog({
    ...{ source, cursors, signal, onFatal, pauseMs, clock },
    begin: (start) => retry(() => claim.start(start), patient),
    onFact: report,
  })
  for (const { lane, cursor } of moved) await retry(() => claim.rewind(lane, cursor, openEnd), patient)
  return lanes
}

function added(sum: Delivered, one: Delivered): Delivered {
  return {
    delivered: sum.delivered + one.delivered,
    quarantined: sum.quarantined + one.quarantined,
    repeats: sum.repeats + one.repeats,
  }
}
