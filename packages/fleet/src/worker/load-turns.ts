import { loadLanes } from '@asana-audit/core/postgres-state'
import type { Database } from '../database/open-database.ts'
import { selectTenants, type TenantRow, tenantOf } from '../tenants/tenant.ts'
import type { TurnData, TurnQueue } from '../turns/turn-queues.ts'
import type { Attempt, Turn } from './turn.ts'

/** A job as pg-boss gave it. */
export interface FetchedJob extends Attempt {
  readonly data: TurnData
}

/** How long what is known of a budget is new enough. */
const freelyMs = 1_000

interface LoadedTenant extends TenantRow {
  readonly now: Date
  /** No other tenant has its token, the next request with it is not due only later, and its polls are a twentieth of the budget at most. */
  readonly budget_is_unused: boolean
}

/**
 * The query looks up each tenant, its budget and the number of tenants with its token by their keys, and `offset 0` keeps PostgreSQL from making
 * a join of it: with thousands of tenants, a join would read all of them to find a few.
 */
const select = `
  select now() as now, loaded.*,
    coalesce((select greatest(b.due, b.held_until) <= now() and b.per_minute::bigint * loaded.poll_seconds >= 20 * 60
      from asana_audit.budget b where b.token_ref = loaded.token_ref), false)
    and (select count(*) from asana_audit.tenant o where o.token_ref = loaded.token_ref and o.state <> 'removed') <= 1
    as budget_is_unused
  from unnest($1::int[]) given (id) cross join lateral (${selectTenants} where t.pipeline_id = given.id offset 0) loaded`

/** The turns of some jobs, read together. A job whose tenant is not in the table makes none. */
export async function loadTurns(
  database: Database,
  queue: TurnQueue,
  jobs: readonly FetchedJob[],
): Promise<Turn[]> {
  return database.lend(async (client) => {
    const { rows } = await client.query<LoadedTenant>(select, [jobs.map(({ data }) => data.pipelineId)])
    const tenants = new Map(rows.map((row) => [row.pipeline_id, row]))
    const known = jobs.filter(({ data }) => tenants.has(data.pipelineId))
    const keys = known.flatMap(({ data: { pipelineId } }) => [
      { pipelineId, name: 'live' },
      { pipelineId, name: 'backlog' },
    ])
    const lanes = await loadLanes(client, keys)
    return known.map(({ id, retryCount, data }, index): Turn => {
      const row = tenants.get(data.pipelineId)!
      const begunAt = Date.now()
      const isPoll = queue === 'tail' && data.caughtUp === true && retryCount === 0
      return {
        ...{ queue, attempt: { id, retryCount }, tenant: tenantOf(row), waitMs: waitMsOf(row) },
        lanes: { live: lanes[2 * index]!, backlog: lanes[2 * index + 1]! },
        askFreelyUntil: isPoll && row.budget_is_unused ? begunAt + freelyMs : 0,
        ...{
          begunAt,
          loadedAt: row.now.toISOString(),
          readAt: data.readAt,
          stop: new AbortController(),
          hasHealed: false,
          isSettling: false,
          end: undefined,
          lost: undefined,
        },
      }
    })
  })
}

function waitMsOf({ state, next_try: next, now }: LoadedTenant): number {
  return state === 'paused' && next !== null ? Math.max(0, next.getTime() - now.getTime()) : 0
}
