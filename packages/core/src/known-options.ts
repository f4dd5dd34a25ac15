import { nearestName } from '@asana-audit/schema'
import type { AsanaBackfillOptions } from './asana-backfill.ts'
import type { AsanaSourceOptions } from './asana-source.ts'
import type { AuditLogFilters } from './audit-log-filters.ts'
import type { DeliverOptions } from './deliver.ts'
import type { DeliverLanesOptions } from './deliver-lanes.ts'
import { fault } from './fault.ts'
import type { AuditLogAccess, AuditLogRequest } from './get-audit-log-events.ts'
import type { RequestBudgetOptions } from './request-budget.ts'

/** Every name there is: one that is missing here does not compile. */
type Names<T> = { readonly [Name in keyof Required<T>]: true }

const access: Names<AuditLogAccess> = {
  ...{ workspace: true, token: true, baseUrl: true, http: true, budget: true },
  ...{ deadlineMs: true, maxResponseBytes: true },
}
const request: Names<AuditLogRequest> = {
  ...access,
  ...{ startAt: true, endAt: true, eventType: true, actorType: true, actorGid: true, resourceGid: true },
  ...{ limit: true, offset: true, signal: true },
}
const source: Names<AsanaSourceOptions> = {
  ...access,
  ...{ filters: true, since: true, until: true, once: true, pollMs: true, limit: true, overlapMs: true },
  ...{ settled: true, fieldPolicy: true, giveUpAfterMs: true, onEvent: true, clock: true },
}
const backfill: Names<AsanaBackfillOptions> = { ...source, windows: true, aheadBytes: true }
const delivery: Names<DeliverOptions<never, never>> = {
  ...{ source: true, map: true, sink: true, lane: true, signal: true, graceMs: true, onFatal: true },
  ...{ onUncertain: true, pauseMs: true, giveUpAfterMs: true, health: true, onEvent: true, clock: true },
}
const { lane: _, ...ofLanes } = delivery
const lanes: Names<DeliverLanesOptions<never>> = { ...ofLanes, claim: true }
const budget: Names<RequestBudgetOptions> = { perMinute: true, inFlight: true, clock: true }
const filters: Names<AuditLogFilters> = {
  ...{ eventType: true, actorType: true, actorGid: true, actorEmail: true, resourceGid: true },
}
const settled: Names<Exclude<AsanaSourceOptions['settled'], false | undefined>> = {
  ...{ windowMs: true, everyMs: true },
}

type Checked =
  | 'getAuditLogEvents'
  | 'asanaSource'
  | 'asanaBackfill'
  | 'deliver'
  | 'deliverLanes'
  | 'requestBudget'
  | 'filters'
  | 'settled'

const names: Readonly<Record<Checked, object>> = {
  getAuditLogEvents: request,
  asanaSource: source,
  asanaBackfill: backfill,
  deliver: delivery,
  deliverLanes: lanes,
  requestBudget: budget,
  filters,
  settled,
}

/**
 * Throws a fatal `unknown_option`: plain JavaScript has no compiler to say so, and a name left out of account would read more
 * than was asked for, or less. One that is undefined does not count.
 */
export function checkOptions(of: Checked, options: object | false | undefined): void {
  const known = names[of]
  for (const [name, value] of Object.entries(options || {})) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const nearest = nearestName(name, Object.keys(known))
    const instead =
      nearest === undefined ? `There are ${Object.keys(known).join(', ')}` : `The nearest is ${nearest}`
    const message = `${of} has no option ${JSON.stringify(name)}. ${instead}.`
    throw fault({ fault: 'fatal', code: 'unknown_option', message })
  }
}
