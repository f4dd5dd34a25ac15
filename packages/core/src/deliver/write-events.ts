import type { Clock } from '../clock.ts'
import type { Identified, Identity, Sink, Source } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { retry } from '../retry.ts'
import { identityOf } from '../state/identity-of.ts'
import { deliverWrite } from '../write/deliver-write.ts'
import type { DestinationHealth } from '../write/destination-health.ts'
import type { Identifiable, Streak, Unaccepted, UncertainPolicy } from '../write/write-outcome.ts'
import type { TellArrivals } from './arrivals.ts'
import { checkEvent } from './check-batch.ts'
import type { DeliveryPolicies } from './delivery-policies.ts'
import { mapBatch } from './map-batch.ts'
import type { Outcome } from './write-queue.ts'

interface WriteEventsOptions<E extends Identified, R> {
  readonly source: Source<E>
  readonly map: (event: E) => R
  readonly sink: Sink<R>
  /** Undefined: nobody asks how events came. */
  readonly tellArrivals?: TellArrivals<E> | undefined
  readonly health: DestinationHealth<R>
  readonly policies: DeliveryPolicies
  readonly onUncertain?: UncertainPolicy | undefined
  readonly hardStop: AbortSignal
  readonly clock: Clock
  readonly onFact?: OnFact | undefined
}

/** Maps events and delivers them as one write. Late events are reported with their delay. */
export function writeEvents<E extends Identified, R>(
  options: WriteEventsOptions<E, R>,
): (events: readonly E[], eventIdentities: readonly Identity[], isLate: boolean) => Promise<Outcome> {
  const { source, map, tellArrivals, sink, health, policies, onUncertain, hardStop, clock, onFact } = options
  const streak: Streak = { rejected: 0, attempts: 0 }

  async function newerThan(at: number): Promise<Identifiable<R> | undefined> {
    const event = await retry(async () => source.newerThan?.(at, policies.source.signal), policies.source)
    if (event === undefined) return undefined
    checkEvent(event)
    await retry(async () => tellArrivals?.([event], { batches: [], reread: undefined }), policies.state)
    const { records, identities } = mapBatch([event], [identityOf(event)], map)
    const [[record], [identity]] = [records, identities]
    return record === undefined || identity === undefined ? undefined : { record, identity }
  }

  return async (events, eventIdentities, isLate) => {
    const { mappable, records, identities, unmappable } = mapBatch(events, eventIdentities, map)
    const started = clock.now()
    if (isLate) for (const { id, at } of identities) onFact?.({ type: 'late', id, delayMs: started - at })
    const { accepted, unaccepted } = await deliverWrite({
      ...{ records, identities, sink, health, streak, newerThan, onUncertain, hardStop },
      retryPolicy: policies.sink(health.isProven),
      onAccepted(count, indexes) {
        if (!onFact) return
        const now = clock.now()
        const delaysMs = indexes.map((index) => Math.max(0, now - identities[index]!.at))
        onFact({ type: 'write_accepted', records: count, ms: now - started, delaysMs })
      },
    })
    return {
      delivered: accepted.map((index) => identities[index]!),
      quarantined: [...unmappable, ...unaccepted.map((one) => unacceptedEntry(mappable[one.index]!, one))],
    }
  }
}

function unacceptedEntry(event: Identified, { kind, code, reason }: Unaccepted): QuarantineEntry {
  return { kind, id: event.gid, code, reason, event }
}
