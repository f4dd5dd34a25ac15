import { type Simulator, startSimulator } from '../../../packages/simulator/src/index.ts'
import { between } from '../histories/draw.ts'
import { type FleetPlan, pageSize, type TenantPlan } from './plan.ts'

/** A customer with a workspace of its own, whose log grows while it is read. */
export interface SimulatedTenant {
  readonly plan: TenantPlan
  readonly simulator: Simulator
  readonly workspace: string
}

/** What all tenants of a history share. */
export interface Growing {
  /** Whether new events still come. */
  isGrowing: boolean
  /** The name of a tenant for each answered request of its lane of new events, in order. */
  readonly polls: string[]
}

/** `number` makes the workspace. The log grows at polls that found nothing new, so that no clock decides how many events there are. */
export async function simulatedTenant(
  { seed, draw, pageFaults, growth }: FleetPlan,
  plan: TenantPlan,
  number: number,
  growing: Growing,
): Promise<SimulatedTenant> {
  const workspace = String(1_200_000_000_000_000 + number)
  let grown = 0
  const simulator = await startSimulator({
    workspace,
    seed: seed * 1_000 + number,
    events: plan.events,
    days: 2,
    defaultLimit: pageSize,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    faults: { rate: pageFaults, seed: number },
    onRequest({ url, status, fault, events }) {
      // Windows of a backlog, and what is read again for late events, have an end.
      if (status !== 200 || fault !== undefined || url.includes('end_at=')) return
      growing.polls.push(plan.name)
      if (events > 0 || !growing.isGrowing) return
      grown += 1
      if (draw('grows', number, grown) >= growth) return
      // One by one, so that they happen now. Of several at once, some have happened before, as if they came late.
      for (let left = between(draw('by', number, grown), 1, 4); left > 0; left -= 1) simulator.grow(1)
    },
  })
  return { plan, simulator, workspace }
}
