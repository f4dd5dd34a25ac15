import { retry, systemClock } from '@asana-audit/core/sink-kit'
import type { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { type Database, openDatabase } from '../../src/database/open-database.ts'
import { addTenant } from '../../src/tenants/tenants.ts'
import { openBoss } from '../../src/turns/open-boss.ts'
import { plannedTurn } from '../../src/turns/turn-queues.ts'
import { openSlots } from '../../src/worker/slots.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

/** Slots for the tenants `one` and `other`, whose turns are due. `beforeLoad` runs before the turns that were fetched are loaded; it may throw. */
async function slotsOfTwo(beforeLoad: (pool: Pool) => Promise<void>) {
  const pool = await fleetDatabase()
  const database = openDatabase(pool, 15_000)
  const failing: Database = {
    ...database,
    lend: async (work) => {
      await beforeLoad(pool)
      return database.lend(work)
    },
  }
  // Not started: it brings back no turn that is silent.
  const boss = openBoss(database, () => {})
  for (const name of ['one', 'other']) {
    const tenant = { name, workspace: '1', tokenRef: 'env:T', destination: 'test' }
    const { pipelineId } = await withClient(pool, (client) => addTenant(client, tenant))
    await boss.insert('tail', [plannedTurn(pipelineId, 0)])
  }
  const stop = new AbortController()
  const ran: string[] = []
  const slots = openSlots({
    ...{ queue: 'tail', count: 4, boss, database: failing, sleep: systemClock.sleep },
    run: async ({ tenant, attempt }) => void ran.push(`${tenant.name} ${attempt.retryCount}`),
    patiently: (work) => retry(work, { part: 'state', signal: stop.signal }),
  })
  const ended = slots.work(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  return ran
}

test('turns that were fetched when the database went away begin once it is back, before their heartbeats are missed', async () => {
  let loads = 0
  const ran = await slotsOfTwo(async () => {
    loads += 1
    if (loads === 1) throw new Error('Connection terminated')
  })
  await expect.poll(() => ran.toSorted()).toEqual(['one 0', 'other 0'])
})

test('a turn that went to another worker while the database was away does not begin', async () => {
  let loads = 0
  const ran = await slotsOfTwo(async (pool) => {
    loads += 1
    if (loads > 1) return
    await pool.query(
      `update asana_audit_boss.job set retry_count = retry_count + 1 where singleton_key =
         (select id::text from asana_audit.pipeline where name = 'one')`,
    )
    throw new Error('Connection terminated')
  })
  await expect.poll(() => ran).toEqual(['other 0'])
})
