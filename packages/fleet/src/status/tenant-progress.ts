import type { ClientBase, Pool } from 'pg'

/** How far the new events of one tenant are. */
export interface TenantProgress {
  /** RFC 3339: when its position was last saved; undefined before the first commit. A poll that finds nothing saves it every few minutes. */
  readonly lastCommit: string | undefined
  /** RFC 3339: when it was last read to the end or its position saved, or when it was added. */
  readonly since: string
  readonly lagSeconds: number
  /** RFC 3339. */
  readonly newestEvent: string | undefined
  /** New events, over all turns. */
  readonly delivered: number
  readonly quarantined: number
  /** A sentence; undefined while nothing is known to be wrong. */
  readonly why: string | undefined
}

/** Undefined for a tenant that is not there, or was removed. */
export async function tenantProgress(
  client: ClientBase | Pool,
  name: string,
): Promise<TenantProgress | undefined> {
  const { rows } = await client.query<{
    last_commit: Date | null
    since: Date
    lag_seconds: number
    newest_event: Date | null
    delivered: string | number
    quarantined: string | number
    why: string | null
  }>('select * from asana_audit.fleet_lag where tenant = $1', [name])
  const [row] = rows
  if (!row) return undefined
  return {
    lastCommit: row.last_commit?.toISOString(),
    since: row.since.toISOString(),
    lagSeconds: row.lag_seconds,
    newestEvent: row.newest_event?.toISOString(),
    delivered: Number(row.delivered),
    quarantined: Number(row.quarantined),
    why: row.why ?? undefined,
  }
}
