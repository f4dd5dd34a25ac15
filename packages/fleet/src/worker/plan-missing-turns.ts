import { backlogLeft } from '@asana-audit/core/backlog'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../database/open-database.ts'
import { bossSchema, plannedTurn, type TurnQueue } from '../turns/turn-queues.ts'

export interface PlanMissingOptions {
  readonly database: Database
  readonly boss: PgBoss
  /** From 0 to below 1. */
  readonly random: () => number
}

/**
 * Tenants that may run and have no turn. The jobs are read once into a hash. With `not exists`, PostgreSQL looked through all jobs for each
 * tenant, as its statistics know nothing of a table that grew minutes ago.
 */
const without = (queue: TurnQueue, columns: string, join: string): string => `
  select t.pipeline_id as id, ${columns} from asana_audit.tenant t ${join}
  where (t.state = 'active' or (t.state = 'paused' and t.next_try is not null))
    and t.pipeline_id::text not in (
      select j.singleton_key from ${bossSchema}.job j
      where j.name = '${queue}' and j.singleton_key is not null and j.state <= 'active')`

const withoutTail = without('tail', 't.poll_seconds', '')

/** A cursor says itself when its backlog is read whole. */
const withoutBacklog = without(
  'backlog',
  'l.cursor',
  `join asana_audit.lane l on l.pipeline_id = t.pipeline_id and l.name = 'backlog' and l.cursor is not null
     and not l.cursor::jsonb @> '{"settled": true}'`,
)

/** By the number, so that PostgreSQL looks a tenant up by its key. Queues of pg-boss's own may have other keys. */
const tenantOf = (job: string): string =>
  `case when ${job}.singleton_key ~ '^[0-9]+$' then ${job}.singleton_key::int end`

/** Turns that wait for the end of a pause which is over, because a person resumed or changed the tenant. */
const bringForward = `
  update ${bossSchema}.job j set start_after = now() from asana_audit.tenant t
  where j.name in ('tail', 'backlog') and t.pipeline_id = ${tenantOf('j')} and j.state < 'active'
    and ((t.state = 'active' and j.name = 'tail' and j.start_after > now() + t.poll_seconds * interval '1 s')
      or (t.state = 'paused' and t.next_try <= now() and j.start_after > now()))`

/** More turns than this at once are spread over the time between two polls. */
const mostAtOnce = 64

/**
 * Plans a turn for each tenant that should have one and has none: new ones, those that were resumed, and what an operator deleted by mistake.
 * Brings forward the turns of tenants that a person resumed or changed. All workers may do it at once: pg-boss takes one turn of a tenant.
 */
export async function planMissingTurns({ database, boss, random }: PlanMissingOptions): Promise<void> {
  const tails = (await database.executeSql(withoutTail)).rows as { id: number; poll_seconds: number }[]
  const spread = tails.length > mostAtOnce ? random : () => 0
  if (tails.length > 0)
    await boss.insert(
      'tail',
      tails.map(({ id, poll_seconds: seconds }) => plannedTurn(id, Math.round(spread() * seconds * 1_000))),
    )
  const backlogs = (await database.executeSql(withoutBacklog)).rows as { id: number; cursor: string }[]
  const unread = backlogs.filter(({ cursor }) => backlogLeft(cursor) !== undefined)
  if (unread.length > 0)
    await boss.insert(
      'backlog',
      unread.map(({ id }) => plannedTurn(id, 0)),
    )
  await database.executeSql(bringForward)
}
