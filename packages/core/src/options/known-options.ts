import type { AuditLogFilters } from '../asana/audit-log-filters.ts'
import type { AuditLogAccess, AuditLogRequest } from '../asana/get-audit-log-events.ts'
import type { RequestBudgetOptions } from '../asana/request-budget.ts'
import type { DeliverOptions } from '../deliver/deliver.ts'
import type { DeliverLanesOptions } from '../deliver/deliver-lanes.ts'
import type { AsanaBackfillOptions } from '../source/asana-backfill.ts'
import type { AsanaSourceOptions } from '../source/asana-source.ts'
import { type OptionNames, refuseUnknownOptions } from './refuse-unknown-options.ts'

const access: OptionNames<AuditLogAccess> = {
  ...{ workspace: true, token: true, baseUrl: true, http: true, budget: true },
  ...{ deadlineMs: true, maxResponseBytes: true },
}
const request: OptionNames<AuditLogRequest> = {
  ...access,
  ...{ startAt: true, endAt: true, eventType: true, actorType: true, actorGid: true, resourceGid: true },
  ...{ limit: true, offset: true, signal: true },
}
const source: OptionNames<AsanaSourceOptions> = {
  ...access,
  ...{ filters: true, since: true, until: true, once: true, pollMs: true, limit: true, overlapMs: true },
  ...{ settled: true, fieldPolicy: true, giveUpAfterMs: true, onEvent: true, clock: true },
}
const backfill: OptionNames<AsanaBackfillOptions> = { ...source, windows: true, aheadBytes: true }
const delivery: OptionNames<DeliverOptions<never, never>> = {
  ...{ source: true, map: true, sink: true, lane: true, signal: true, graceMs: true, onFatal: true },
  ...{ onUncertain: true, pauseMs: true, giveUpAfterMs: true, health: true, onEvent: true, clock: true },
}
const { lane: _, ...ofLanes } = delivery
const lanes: OptionNames<DeliverLanesOptions<never>> = { ...ofLanes, claim: true }
const budget: OptionNames<RequestBudgetOptions> = { perMinute: true, inFlight: true, clock: true }
const filters: OptionNames<AuditLogFilters> = {
  ...{ eventType: true, actorType: true, actorGid: true, actorEmail: true, resourceGid: true },
}
const settled: OptionNames<Exclude<AsanaSourceOptions['settled'], false | undefined>> = {
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

/** Throws a fatal `unknown_option`. */
export function checkOptions(of: Checked, options: object | false | undefined): void {
  refuseUnknownOptions(of, names[of], options)
}
