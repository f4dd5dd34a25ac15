import { loadLanes } from '@asana-audit/core/postgres-state'
import type { Database } from '../database/open-database.ts'
import { selectTenants, type Tenant, type TenantRow, tenantOf } from '../tenants/tenant.ts'
import type { TurnData, TurnQueue } from '../turns/turn-queues.ts'
import type { Attempt, Turn } from './turn.ts'

/** A job as pg-boss gave it. */
export interface FetchedJob extends Attempt {
  readonly data: TurnData
}

/** The turns of some jobs, read together. A job whose tenant is not in the table makes none. */
export async function loadTurns(
  database: Database,
  queue: TurnQueue,
  jobs: readonly FetchedJob[],
): Promise<Turn[]> {
  return database.lend(async (client) => {
    const { rows } = await client.query<TenantRow & { now: Date }>(
      `select now() as now, loaded.* from (${selectTenants} where t.pipeline_id = any($1::int[])) loaded`,
      [jobs.map(({ data }) => data.pipelineId)],
    )
    const tenants = new Map(
      rows.map((row) => [row.pipeline_id, { tenant: tenantOf(row), waitMs: waitMsOf(row) }]),
    )
    const known = jobs.filter(({ data }) => tenants.has(data.pipelineId))
    const keys = known.flatMap(({ data: { pipelineId } }) => [
      { pipelineId, name: 'live' },
      { pipelineId, name: 'backlog' },
    ])
    const lanes = await loadLanes(client, keys)
    return known.map(({ id, retryCount, data }, index): Turn => {
      const { tenant, waitMs } = tenants.get(data.pipelineId) as { tenant: Tenant; waitMs: number }
      return {
        ...{ queue, attempt: { id, retryCount }, tenant, waitMs },
        lanes: { live: lanes[2 * index]!, backlog: lanes[2 * index + 1]! },
        ...{
          begunAt: Date.now(),
          stop: new AbortController(),
          isSettling: false,
          end: undefined,
          lost: undefined,
        },
      }
    })
  })
}

function waitMsOf({ state, next_try: next, now }: TenantRow & { readonly now: Date }): number {
  return state === 'paused' && next !== null ? Math.max(0, next.getTime() - now.getTime()) : 0
}
