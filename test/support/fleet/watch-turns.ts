import { setTimeout as wait } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'

/**
 * Looks again and again whether each active tenant that ever had a turn in the queue has one. A turn and the one after it change places in one
 * transaction, so there is no moment without one. Resolves with what was found, or empty once `signal` is aborted.
 */
export async function watchTurns({ pool, active }: Fleet, signal: AbortSignal): Promise<string[]> {
  const planned = new Set<string>()
  while (!signal.aborted) {
    const tenants = await pool
      .query<{ name: string; has_turn: boolean }>(
        `select p.name, exists (
           select from asana_audit_boss.job j
           where j.name = 'tail' and j.singleton_key = t.pipeline_id::text and j.state < 'completed') as has_turn
         from asana_audit.tenant t join asana_audit.pipeline p on p.id = t.pipeline_id where t.state = 'active'`,
      )
      // The database may be down at the moment.
      .catch((error: unknown) => {
        if (isAway(error)) return { rows: [] }
        throw error
      })
    const lost = tenants.rows.filter(
      ({ name, has_turn: has }) => !has && planned.has(name) && active.has(name),
    )
    if (lost.length > 0) return lost.map(({ name }) => `${name} has no turn in the queue`)
    for (const { name, has_turn: has } of tenants.rows) if (has) planned.add(name)
    await wait(100, undefined, { signal }).catch(() => {})
  }
  return []
}

/** Classes 08 and 57 of PostgreSQL: connections, and a server that ends or starts. Or the codes of Node, and a connection that ended. */
function isAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return /^(08|57)|^E[A-Z]+$/.test(code) || /terminated/.test(message)
}
