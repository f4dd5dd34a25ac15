import { type Fact, type ToldFact, toldOnce } from '@asana-audit/core'

/** Tells each trouble of a tenant once, and not once for each of its lanes. */
export interface TenantTroubles {
  /** What to tell a person after a fact. */
  toldOf(tenant: string, fact: Fact, lane: string): readonly ToldFact[]
  /** Forgets the tenants of whose troubles nothing was heard for some time. Call it now and then. */
  forgetOld(): void
}

interface Troubled {
  readonly once: ReturnType<typeof toldOnce>
  /** The trouble that was told last, and the lane that told it. */
  told: string | undefined
  /** When the lane that tells it will have tried again. If nothing was heard of it by then, another lane tells the trouble. */
  until: number
}

/** Beside the wait: for the try itself, and for the time until the next turn of the lane. */
const tryMs = 120_000
/** After a pause any lane may try first, and the log has what it finds. */
const ofPause = 0.9

/**
 * Keeps something only of tenants that are in trouble. The next turn of a lane may be another worker's, so no lane keeps the other one from
 * telling a trouble for longer than its own wait. `now`: milliseconds.
 */
export function tenantTroubles(now: () => number): TenantTroubles {
  const tenants = new Map<string, Troubled>()

  function troubledOf(tenant: string): Troubled {
    const found = tenants.get(tenant)
    if (found && found.until > now()) return found
    const begun = { once: toldOnce(), told: undefined, until: 0 }
    tenants.set(tenant, begun)
    return begun
  }

  return {
    toldOf(tenant, fact, lane) {
      if (fact.type !== 'retrying' && fact.type !== 'paused') {
        const troubled = tenants.get(tenant)
        if (!troubled) return [{ fact, lane }]
        if (fact.type === 'committed' || fact.type === 'resumed') troubled.told = undefined
        return troubled.once(fact, lane)
      }
      const troubled = troubledOf(tenant)
      const told = troubled.once(fact, lane)
      if (told.length === 0) return []
      const { type, code, waitMs } = fact
      troubled.until = now() + (type === 'paused' ? waitMs * ofPause : waitMs + tryMs)
      const trouble = `${type} ${code} ${lane}`
      const isAgain = type === 'retrying' && troubled.told === trouble
      troubled.told = trouble
      return isAgain ? [] : told
    },
    forgetOld() {
      for (const [tenant, { until }] of tenants) if (until <= now()) tenants.delete(tenant)
    },
  }
}
