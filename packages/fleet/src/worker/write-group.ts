import { commitLanes, type LaneCommit, startPipeline } from '@asana-audit/core/postgres-state'
import type { PoolClient } from 'pg'
import type { PgBoss } from 'pg-boss'
import type { Connection, Database } from '../database/open-database.ts'
import { settledJobs } from '../turns/settled-jobs.ts'
import {
  type PlannedTurn,
  plannedTurn,
  type TurnData,
  type TurnQueue,
  turnQueues,
} from '../turns/turn-queues.ts'
import type { Saved, Saving } from './group-commits.ts'
import { hasChanged, type TenantNow, tenantsNow } from './tenants-now.ts'
import { laneOf, nextTurnMs, pauseMs, type Turn, type TurnEnd } from './turn.ts'

export interface WriteGroupOptions {
  readonly database: Database
  readonly boss: PgBoss
  /** From 0 to below 1. */
  readonly random: () => number
}

/**
 * Saves what several turns bring, in one transaction: each is proved to be this worker's still (by pg-boss's attempt, whose row stays locked until
 * the commit), its lanes are committed over the versions they were loaded with, and the job of a turn that is over is replaced by the next
 * one. A turn that is refused keeps none of the others from being saved.
 */
export function writeGroup(
  options: WriteGroupOptions,
): (group: readonly Saving[]) => Promise<readonly Saved[]> {
  return (group) =>
    options.database.transaction(async (client, connection) => {
      const owned = await provedOwn(options.boss, connection, group)
      // Locked until the commit, so that nothing is committed for a tenant after its removal.
      const ids = group.filter(isOfTenantNow).map(({ turn }) => turn.tenant.pipelineId)
      const tenants = await tenantsNow(connection, ids, 'for share')
      const isRemoved = ({ turn }: Saving): boolean =>
        tenants.get(turn.tenant.pipelineId)?.state === 'removed'
      const toSave = group.filter((saving) => owned.has(saving) && !isRemoved(saving))
      const refused = await commitAll(client, toSave)
      const ended = group.filter((saving) => owned.has(saving))
      await planNext(options, connection, ended, tenants)
      await noteStates(client, ended)
      return group.map((saving): Saved => {
        if (!owned.has(saving)) return { is: 'refused', why: 'attempt' }
        if (isRemoved(saving)) return { is: 'refused', why: 'removed' }
        if (saving.lanes.some((lane) => refused.has(lane))) return { is: 'refused', why: 'version' }
        return { is: 'saved', isLast: isLast(saving, tenants) }
      })
    })
}

/** The savings of turns whose attempt pg-boss still knows. The jobs of turns that are over are deleted. */
async function provedOwn(
  boss: PgBoss,
  db: Connection,
  group: readonly Saving[],
): Promise<ReadonlySet<Saving>> {
  const own = new Set<Saving>()
  for (const queue of turnQueues) {
    const inQueue = group.filter(({ turn }) => turn.queue === queue)
    const ended = inQueue.filter(({ end }) => end !== undefined)
    const goingOn = inQueue.filter(({ end }) => end === undefined)
    for (const [savings, prove] of [
      [goingOn, boss.touch.bind(boss)],
      [ended, boss.deleteJob.bind(boss)],
    ] as const) {
      if (savings.length === 0) continue
      const attempts = savings.map(({ turn }) => ({ ...turn.attempt }))
      const ids = settledJobs(await prove(queue, attempts, { db }))
      for (const saving of savings) if (ids.has(saving.turn.attempt.id)) own.add(saving)
    }
  }
  return own
}

/**
 * Whether a saving depends on what the tenant is now. A poll that found nothing commits nothing, and the next turn looks at the tenant before
 * anything else.
 */
function isOfTenantNow({ turn, lanes, end }: Saving): boolean {
  return lanes.length > 0 || end?.outcome !== 'caught_up' || turn.tenant.state !== 'active'
}

function isLast(saving: Saving, tenants: ReadonlyMap<number, TenantNow>): boolean {
  return isOfTenantNow(saving) && hasChanged(saving.turn.tenant, tenants)
}

/** Commits all lanes. Returns the commits that were refused, because the version of their lane has moved on. */
async function commitAll(client: PoolClient, savings: readonly Saving[]): Promise<ReadonlySet<LaneCommit>> {
  // All workers take the lanes in this order. Otherwise two transactions could wait for each other for ever.
  const inOrder = savings.toSorted((a, b) => a.turn.tenant.pipelineId - b.turn.tenant.pipelineId)
  for (const { start, turn } of inOrder) {
    if (start !== undefined) await startPipeline(client, turn.tenant.pipelineId, start)
  }
  const commits = inOrder.flatMap(({ lanes }) => lanes)
  return commits.length > 0 ? commitLanes(client, commits) : new Set()
}

async function planNext(
  { boss, random }: WriteGroupOptions,
  db: Connection,
  owned: readonly Saving[],
  tenants: ReadonlyMap<number, TenantNow>,
): Promise<void> {
  const planned: Record<TurnQueue, PlannedTurn[]> = { tail: [], backlog: [] }
  for (const saving of owned) {
    const { turn, end, hasBacklog } = saving
    const { pipelineId } = turn.tenant
    if (isOfTenantNow(saving)) {
      const now = tenants.get(pipelineId)
      if (now === undefined || now.state === 'removed' || now.isStopped) continue
    }
    const waitMs = end && nextTurnMs(turn, end, random())
    if (waitMs !== undefined) planned[turn.queue].push(plannedTurn(pipelineId, waitMs, readBy(turn, end)))
    if (hasBacklog) planned.backlog.push(plannedTurn(pipelineId, 0))
  }
  for (const queue of turnQueues) {
    if (planned[queue].length > 0) await boss.insert(queue, planned[queue], { db })
  }
}

/** If a turn fails or is handed back, the next turn still knows what the turn before it has read. */
function readBy({ loadedAt, readAt }: Turn, end: TurnEnd | undefined): Pick<TurnData, 'caughtUp' | 'readAt'> {
  return end?.outcome === 'caught_up' ? { caughtUp: true, readAt: loadedAt } : { readAt }
}

/**
 * Writes down which tenants are paused and why, and which work again. A pause by a person stays. Only the lane that had the fault shows that it
 * is over: in the other one there may be nothing to write to a destination that still refuses.
 */
async function noteStates(client: PoolClient, owned: readonly Saving[]): Promise<void> {
  const paused = owned.flatMap(({ turn, end }) =>
    end?.outcome === 'paused'
      ? [{ id: turn.tenant.pipelineId, lane: laneOf(turn), code: end.code, message: end.message }]
      : [],
  )
  const working = owned.flatMap(({ turn, end }) =>
    turn.tenant.state === 'paused' && end && shown.includes(end.outcome)
      ? [{ id: turn.tenant.pipelineId, lane: laneOf(turn) }]
      : [],
  )
  if (paused.length > 0) {
    await client.query(
      `update asana_audit.tenant t set state = 'paused', paused_code = given.code, paused_message = given.message,
         paused_at = case when t.paused_code = given.code then t.paused_at else now() end,
         paused_lane = given.lane, next_try = now() + interval '${pauseMs} ms'
       from json_to_recordset($1::json) as given (id int, lane text, code text, message text)
       where t.pipeline_id = given.id and (t.state = 'active' or (t.state = 'paused' and t.next_try is not null))`,
      [JSON.stringify(paused)],
    )
  }
  if (working.length > 0) {
    await client.query(
      `update asana_audit.tenant t set state = 'active', paused_code = null, paused_message = null, paused_at = null,
         paused_lane = null, next_try = null
       from json_to_recordset($1::json) as given (id int, lane text)
       where t.pipeline_id = given.id and t.state = 'paused' and t.next_try is not null
         and coalesce(t.paused_lane, given.lane) = given.lane`,
      [JSON.stringify(working)],
    )
  }
}

/** How a turn ends that shows that a fault of its lane is over. */
const shown: readonly TurnEnd['outcome'][] = ['caught_up', 'cut', 'finished']
