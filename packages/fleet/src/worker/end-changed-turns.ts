import type { Connection } from '../database/open-database.ts'
import { hasChanged, tenantsNow } from './tenants-now.ts'
import { endTurn, type Turn } from './turn.ts'

/**
 * Ends the turns whose tenant a person has changed, paused or removed. Call it for turns that wait because something fails: others notice the
 * change at their next commit, but with a destination that never comes back there is none.
 */
export async function endChangedTurns(database: Connection, turns: Iterable<Turn>): Promise<void> {
  const waiting = [...turns]
  const tenants = await tenantsNow(
    database,
    waiting.map(({ tenant }) => tenant.pipelineId),
  )
  for (const turn of waiting) {
    const isRemoved = tenants.get(turn.tenant.pipelineId)?.state === 'removed'
    if (isRemoved || hasChanged(turn.tenant, tenants)) endTurn(turn, { outcome: 'cut' })
  }
}
