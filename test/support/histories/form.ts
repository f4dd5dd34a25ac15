import {
  type AsanaSourceOptions,
  asanaBackfill,
  asanaSource,
  type Claim,
  type Clock,
  deliver,
  deliverLanes,
  type Fact,
  type Lane,
  type LaneName,
  type Sink,
  type Source,
} from '../../../packages/core/src/index.ts'
import type { AuditLogEvent, AuditLogRecord } from '../../../packages/schema/src/index.ts'
import type { HistoryPlan } from './plan.ts'

/** The parts that `deliver` is called with. */
export interface Parts {
  readonly source: Source<AuditLogEvent>
  readonly sink: Sink<AuditLogRecord>
  readonly lane: Lane
  readonly clock: Clock
}

export interface Delivering {
  readonly plan: HistoryPlan
  readonly claim: Claim
  readonly source: Omit<AsanaSourceOptions, 'onFact' | 'clock'>
  readonly clock: Clock
  readonly sink: Sink<AuditLogRecord>
  readonly map: (event: AuditLogEvent) => AuditLogRecord
  readonly signal: AbortSignal
  readonly onFact: (fact: Fact, lane?: LaneName) => void
  readonly plant: (parts: Parts) => Parts
}

/** Windows that are read at once. */
const windows = 4

/** The form of delivery in the plan. Its lanes differ only in the source of their events. */
export async function deliverInForm(delivering: Delivering): Promise<void> {
  const { plan, claim, plant, ...rest } = delivering
  const options = { ...rest.source, clock: rest.clock }
  const { aheadBytes, since } = plan
  if (plan.form === 'two lanes') {
    await deliverLanes({
      ...rest,
      claim,
      source: { ...options, since, windows, aheadBytes },
    })
    return
  }
  const { onFact } = rest
  const source =
    plan.form === 'windows'
      ? asanaBackfill({
          ...options,
          onFact,
          since,
          windows,
          aheadBytes,
          until: new Date(plan.until).toISOString(),
        })
      : asanaSource({ ...options, onFact })
  const lane = await claim.lane('live', source.fingerprint)
  await deliver({ ...rest, ...plant({ source, sink: rest.sink, lane, clock: rest.clock }) })
}
