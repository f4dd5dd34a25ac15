import type { ClientBase, Pool } from 'pg'
import { type BacklogProgress, backlogProgress } from './backlog-progress.ts'

/** A worker, as it last reported. Times are RFC 3339. */
export interface FleetWorker {
  readonly name: string
  readonly version: string
  readonly startedAt: string
  readonly seenAt: string
  /** Turns it makes at once. */
  readonly slots: number
  /** It has not reported for over 20 seconds: it is dead, stopped or cut off. Its turns go to others. */
  readonly silent: boolean
}

/** A tenant that is further behind than two of its polls. */
export interface TenantBehind {
  readonly tenant: string
  readonly workspace: string
  /** RFC 3339: when it was last read to the end or its position saved, or when it was added. */
  readonly since: string
  readonly lagSeconds: number
  /** A sentence; undefined while nothing is known to be wrong. */
  readonly why: string | undefined
}

export interface PausedTenant {
  readonly tenant: string
  readonly workspace: string
  readonly code: string
  readonly message: string
  /** RFC 3339. */
  readonly since: string
  /** RFC 3339; undefined where a person has paused it. */
  readonly nextTry: string | undefined
}

/** How far the new events of active tenants are; undefined while there is none. In seconds since each was last read to the end, or its position saved. */
export interface FleetLag {
  readonly p50Seconds: number
  readonly p99Seconds: number
  readonly oldestSeconds: number
}

export interface FleetStatus {
  /** RFC 3339, by the clock of the database. */
  readonly at: string
  readonly tenants: { readonly active: number; readonly paused: number; readonly removed: number }
  readonly workers: readonly FleetWorker[]
  readonly lag: FleetLag | undefined
  /** How many are behind, and the furthest of them. */
  readonly behind: { readonly count: number; readonly furthest: readonly TenantBehind[] }
  /** The longest first. */
  readonly paused: readonly PausedTenant[]
  readonly backlogs: readonly BacklogProgress[]
}

export interface FleetStatusOptions {
  /**
   * Most tenants in a list.
   * @default 10
   */
  readonly most?: number | undefined
}

/** What the person on call wants to know, in a few queries, however many tenants there are. */
export async function fleetStatus(
  client: ClientBase | Pool,
  { most = 10 }: FleetStatusOptions = {},
): Promise<FleetStatus> {
  const { rows: counts } = await client.query<Counts>(countTenants)
  const [count] = counts
  if (!count) throw new Error('A count without a group returns one row.')
  return {
    at: count.at.toISOString(),
    tenants: { active: count.active, paused: count.paused, removed: count.removed },
    workers: await workersOf(client),
    ...(await lagOf(client, most)),
    paused: await pausedOf(client),
    backlogs: await backlogsOf(client),
  }
}

interface Counts {
  readonly at: Date
  readonly active: number
  readonly paused: number
  readonly removed: number
}

const countTenants = `select now() as at,
    count(*) filter (where state = 'active' and paused_code is null)::int as active,
    count(*) filter (where state = 'paused' or state = 'active' and paused_code is not null)::int as paused,
    count(*) filter (where state = 'removed')::int as removed
  from asana_audit.tenant`

async function workersOf(client: ClientBase | Pool): Promise<FleetWorker[]> {
  const { rows } = await client.query<{
    worker: string
    version: string
    started_at: Date
    seen_at: Date
    slots: number
    silent_seconds: number
  }>('select * from asana_audit.fleet_workers order by worker')
  return rows.map((row) => ({
    name: row.worker,
    version: row.version,
    startedAt: row.started_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    slots: row.slots,
    silent: row.silent_seconds > 20,
  }))
}

/** Waiting is no fault of a tenant that is paused: those have a list of their own. */
const running = `state = 'active' and code is null`
const isBehind = `${running} and lag_seconds > 2 * poll_seconds + 10`

async function lagOf(client: ClientBase | Pool, most: number): Promise<Pick<FleetStatus, 'lag' | 'behind'>> {
  const { rows: spreads } = await client.query<{
    p50: number | null
    p99: number | null
    oldest: number | null
    behind: number
  }>(
    `select percentile_disc(0.5) within group (order by lag_seconds) as p50,
       percentile_disc(0.99) within group (order by lag_seconds) as p99,
       max(lag_seconds) as oldest,
       count(*) filter (where ${isBehind})::int as behind
     from asana_audit.fleet_lag where ${running}`,
  )
  const { p50 = null, p99 = null, oldest = null, behind = 0 } = spreads[0] ?? {}
  const { rows } = await client.query<{
    tenant: string
    workspace: string
    since: Date
    lag_seconds: number
    why: string | null
  }>(
    `select tenant, workspace, since, lag_seconds, why from asana_audit.fleet_lag
     where ${isBehind} order by lag_seconds desc, tenant limit $1`,
    [most],
  )
  const furthest = rows.map((row) => ({
    tenant: row.tenant,
    workspace: row.workspace,
    since: row.since.toISOString(),
    lagSeconds: row.lag_seconds,
    why: row.why ?? undefined,
  }))
  const lag =
    p50 === null || p99 === null || oldest === null
      ? undefined
      : { p50Seconds: p50, p99Seconds: p99, oldestSeconds: oldest }
  return { lag, behind: { count: behind, furthest } }
}

async function pausedOf(client: ClientBase | Pool): Promise<PausedTenant[]> {
  const { rows } = await client.query<{
    tenant: string
    workspace: string
    code: string
    message: string
    since: Date
    next_try: Date | null
  }>('select * from asana_audit.fleet_paused order by since, tenant')
  return rows.map((row) => ({
    tenant: row.tenant,
    workspace: row.workspace,
    code: row.code,
    message: row.message,
    since: row.since.toISOString(),
    nextTry: row.next_try?.toISOString(),
  }))
}

async function backlogsOf(client: ClientBase | Pool): Promise<BacklogProgress[]> {
  const { rows } = await client.query<{
    tenant: string
    workspace: string
    cursor: string
    last_commit: Date
    created_at: Date
    delivered: string | number
  }>('select * from asana_audit.fleet_backlogs order by tenant')
  return rows.map((row) =>
    backlogProgress({
      ...{ tenant: row.tenant, workspace: row.workspace, cursor: row.cursor },
      delivered: Number(row.delivered),
      createdAt: row.created_at.getTime(),
      committedAt: row.last_commit.getTime(),
    }),
  )
}
