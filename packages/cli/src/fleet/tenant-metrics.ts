import type { Fact } from '@asana-audit/core'
import { factMeter, type PipelineMeter } from '@asana-audit/metrics'
import { type MetricsText, metricsText } from '../metrics/metrics-text.ts'
import { newRegistry } from '../metrics/registry.ts'
import { version } from '../version.ts'

/** A tenant as its series name it. */
export interface MeteredTenant {
  readonly name: string
  readonly workspace: string
  readonly destination: string
}

export interface TenantMetrics {
  fact(fact: Fact, tenant: MeteredTenant, lane: string): void
  /** For `/metrics`. */
  readonly text: MetricsText
}

/**
 * The metrics of a worker. Series of tenants, with tenant and workspace as attributes, only where `perTenant` asks for them: each tenant has
 * about a hundred. `kindOf` gives the kind of a destination.
 */
export function tenantMetrics(
  perTenant: boolean,
  requestsPerMinute: number,
  kindOf: (destination: string) => string,
): TenantMetrics {
  const registry = newRegistry()
  const meter = factMeter(registry, { version, requestsPerMinute })
  const meters = new Map<string, PipelineMeter>()
  return {
    fact(fact, { name, workspace, destination }, lane) {
      if (!perTenant) return
      let found = meters.get(name)
      if (!found) {
        const attributes = { tenant: name, workspace }
        found = meter.pipeline({ pipeline: name, destination: kindOf(destination), attributes })
        meters.set(name, found)
      }
      found.fact(fact, lane)
    },
    text: metricsText(registry),
  }
}
