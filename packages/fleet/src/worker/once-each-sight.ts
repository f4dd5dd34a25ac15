import type { Fact, LaneName } from '@asana-audit/core'
import type { Tenant } from '../tenants/tenant.ts'

type OnTenantFact = (fact: Fact, tenant: Tenant, lane: LaneName) => void

/** How many sights are remembered, to limit memory. */
const mostSights = 1_000

/** A source reports each unfamiliar value once, but here it is made anew for each turn: of the same value only the first is passed on. */
export function onceEachSight(onFact: OnTenantFact | undefined): OnTenantFact {
  const seen = new Set<string>()
  if (!onFact) return () => {}
  return (fact, tenant, lane) => {
    if (fact.type === 'first_sight') {
      const sight = JSON.stringify([fact.kind, fact.path, fact.value])
      if (seen.has(sight) || seen.size >= mostSights) return
      seen.add(sight)
    }
    onFact(fact, tenant, lane)
  }
}
