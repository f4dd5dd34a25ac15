import type { DeliveryOptions } from '@asana-audit/core'
import type { LaneSourceOptions } from '@asana-audit/core/backlog'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { Tenant } from '../tenants/tenant.ts'

/** What a worker needs to deliver for one tenant. */
export interface TenantPipeline<R>
  extends Pick<DeliveryOptions<AuditLogEvent, R>, 'map' | 'sink' | 'health' | 'onUncertain' | 'onArrival'> {
  /**
   * The options of `asanaSource`, such as `workspace` and `token`, plus `windows` and `aheadBytes` of `asanaBackfill`. Clock and facts are the
   * worker's, and so is the budget, which all workers share; without `http` all tenants share one client.
   */
  readonly source: Omit<LaneSourceOptions, 'onFact' | 'clock' | 'budget' | 'shared' | 'once'>
}

/**
 * Called at each turn, so it should be quick: keep clients and sinks, and give tenants with equal settings the same ones. A sink that prefers
 * one write at a time and is given to several tenants needs `shareSink`. A fatal fault pauses the tenant.
 */
export type OpenTenant<R> = (tenant: Tenant) => Promise<TenantPipeline<R>> | TenantPipeline<R>
