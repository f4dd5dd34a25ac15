import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { fleetStatus } from '../../src/status/fleet-status.ts'
import { tenantProgress } from '../../src/status/tenant-progress.ts'
import { addTenant, pauseTenant, removeTenant } from '../../src/tenants/tenants.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

interface Planted {
  readonly name: string
  /** Seconds since its new events were last saved. */
  readonly savedAgo: number
  /** Its turn: `due` waits for so many seconds, `active` has been under way for as long. */
  readonly turn?: readonly ['due' | 'active', seconds: number]
  /** Seconds since all was read, as its turn says. */
  readonly readAgo?: number
}

/** A tenant as workers would leave it. */
async function plant(pool: Pool, { name, savedAgo, turn, readAgo }: Planted): Promise<number> {
  const tenant = { name, workspace: '1', tokenRef: 'env:T', destination: 'siem' }
  const { pipelineId } = await withClient(pool, (client) => addTenant(client, tenant))
  await pool.query(
    `insert into asana_audit.lane (pipeline_id, name, cursor, version, delivered, committed_at)
     values ($1, 'live', '{}', 1, 7, now() - make_interval(secs => $2))`,
    [pipelineId, savedAgo],
  )
  if (turn) await plantTurn(pool, 'tail', pipelineId, ...turn)
  if (readAgo !== undefined)
    await pool.query(
      `update asana_audit_boss.job set data = jsonb_build_object('readAt', now() - make_interval(secs => $2))
       where singleton_key = $1::text`,
      [pipelineId, readAgo],
    )
  return pipelineId
}

async function plantTurn(
  pool: Pool,
  queue: 'tail' | 'backlog',
  pipelineId: number,
  state: 'due' | 'active',
  seconds: number,
): Promise<void> {
  await pool.query(
    `insert into asana_audit_boss.job (name, singleton_key, policy, state, start_after, started_on, heartbeat_on)
     values ($1, $2, 'exclusive', $3, now() - make_interval(secs => $4), now() - make_interval(secs => $4),
       now() - make_interval(secs => $4))`,
    [queue, String(pipelineId), state === 'due' ? 'created' : 'active', seconds],
  )
}

test('an empty fleet has nothing to say', async () => {
  const pool = await fleetDatabase()
  expect(await fleetStatus(pool)).toEqual({
    ...{ at: expect.any(String), tenants: { active: 0, paused: 0, removed: 0 }, workers: [] },
    ...{ lag: undefined, behind: { count: 0, furthest: [] }, paused: [], backlogs: [] },
  })
})

test('who is behind, since when, and why', async () => {
  const pool = await fleetDatabase()
  for (let at = 0; at < 98; at += 1) await plant(pool, { name: `quiet-${at}`, savedAgo: 30 })
  await plant(pool, { name: 'waits', savedAgo: 600, turn: ['due', 540] })
  await plant(pool, { name: 'silent', savedAgo: 900, turn: ['active', 840] })
  await plant(pool, { name: 'lost', savedAgo: 1_200 })
  // Polled a moment ago, when nothing was new: its position was not saved again.
  await plant(pool, { name: 'quiet', savedAgo: 2_000, turn: ['due', -30], readAgo: 1 })
  const { lag, behind, tenants } = await fleetStatus(pool, { most: 2 })
  expect(tenants).toEqual({ active: 102, paused: 0, removed: 0 })
  expect(lag?.p50Seconds).toBeGreaterThanOrEqual(30)
  expect(Math.floor(lag?.p99Seconds ?? 0)).toBe(900)
  expect(Math.floor(lag?.oldestSeconds ?? 0)).toBe(1_200)
  expect(behind.count).toBe(3)
  expect(behind.furthest).toEqual([
    {
      ...{ tenant: 'lost', workspace: '1', since: expect.any(String), lagSeconds: expect.any(Number) },
      why: expect.stringContaining('No turn is planned'),
    },
    expect.objectContaining({ tenant: 'silent', why: expect.stringContaining('is silent since') }),
  ])
  expect(await tenantProgress(pool, 'waits')).toMatchObject({
    ...{ delivered: 7, quarantined: 0, why: expect.stringContaining('waits for a worker with a free slot') },
  })
})

test('paused tenants come with their sentences, and do not count as behind', async () => {
  const pool = await fleetDatabase()
  const byFault = await plant(pool, { name: 'refused', savedAgo: 900 })
  await plant(pool, { name: 'by hand', savedAgo: 900 })
  await plant(pool, { name: 'gone', savedAgo: 900 })
  await pool.query(
    `update asana_audit.tenant set state = 'paused', paused_code = 'unauthorized', paused_message = 'Asana refuses the token.',
       paused_at = now() - interval '1 hour', next_try = now() + interval '4 minutes' where pipeline_id = $1`,
    [byFault],
  )
  await withClient(pool, (client) => pauseTenant(client, 'by hand', 'moves house'))
  await withClient(pool, (client) => removeTenant(client, 'gone'))
  const { tenants, paused, behind } = await fleetStatus(pool)
  expect(tenants).toEqual({ active: 0, paused: 2, removed: 1 })
  expect(paused).toMatchObject([
    {
      tenant: 'refused',
      code: 'unauthorized',
      message: 'Asana refuses the token.',
      nextTry: expect.any(String),
    },
    { tenant: 'by hand', code: 'by_person', nextTry: undefined },
  ])
  expect(behind.count).toBe(0)
})

test('a worker that has not reported for 20 seconds is silent', async () => {
  const pool = await fleetDatabase()
  await pool.query(
    `insert into asana_audit.worker (name, version, slots, seen_at)
     values ('one', '0.1.0', 68, now()), ('two', '0.1.0', 68, now() - interval '21 seconds')`,
  )
  const { workers } = await fleetStatus(pool)
  expect(workers.map(({ name, slots, silent }) => [name, slots, silent])).toEqual([
    ['one', 68, false],
    ['two', 68, true],
  ])
})

test('a history says how much is read and how long the rest takes', async () => {
  const pool = await fleetDatabase()
  const pipelineId = await plant(pool, { name: 'acme', savedAgo: 1 })
  const day = 86_400_000
  const at = (daysAgo: number): string => new Date(Date.now() - daysAgo * day).toISOString()
  await pool.query(
    `update asana_audit.tenant set created_at = now() - interval '1 hour' where pipeline_id = $1`,
    [pipelineId],
  )
  await pool.query(
    `insert into asana_audit.lane (pipeline_id, name, cursor, version, delivered, committed_at)
     values ($1, 'backlog', $2, 1, 5000, now())`,
    [pipelineId, asanaBackfillCursor(at(45), at(0))],
  )
  expect((await fleetStatus(pool)).backlogs).toEqual([])
  await plantTurn(pool, 'backlog', pipelineId, 'due', 0)
  const [backlog] = (await fleetStatus(pool)).backlogs
  expect(backlog).toMatchObject({ tenant: 'acme', delivered: 5_000 })
  expect(backlog?.share).toBeCloseTo(0.5, 2)
  expect((backlog?.leftMs ?? 0) / 3_600_000).toBeCloseTo(1, 1)
})
