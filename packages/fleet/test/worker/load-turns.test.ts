import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { openDatabase } from '../../src/database/open-database.ts'
import { addTenant, removeTenant } from '../../src/tenants/tenants.ts'
import type { TurnQueue } from '../../src/turns/turn-queues.ts'
import { loadTurns } from '../../src/worker/load-turns.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

async function fleet() {
  const pool = await fleetDatabase()
  return {
    pool,
    async add(name: string, tokenRef: string): Promise<number> {
      const tenant = { name, workspace: '1', tokenRef, destination: 'test' }
      return (await withClient(pool, (client) => addTenant(client, tenant))).pipelineId
    },
    /** Whether the turn of a job may ask without a place in the budget of its token. */
    async isFree(pipelineId: number, job: { queue?: TurnQueue; retryCount?: number; isFirst?: true } = {}) {
      const { queue = 'tail', retryCount = 0, isFirst } = job
      const data = { pipelineId, ...(!isFirst && { caughtUp: true as const }) }
      const turns = await loadTurns(openDatabase(pool, 15_000), queue, [{ id: 'any', retryCount, data }])
      return turns[0]!.askFreelyUntil > 0
    },
  }
}

test('a poll asks freely if its tenant alone has the token', async () => {
  const { pool, add, isFree } = await fleet()
  const one = await add('one', 'env:A')
  expect(await isFree(one)).toBe(true)
  const other = await add('other', 'env:A')
  expect(await isFree(one)).toBe(false)
  expect(await isFree(other)).toBe(false)
  await removeTenant(pool, 'other')
  expect(await isFree(one)).toBe(true)
})

test('a turn that does not come after its poll seconds does not ask freely, since there may be any number of them', async () => {
  const { add, isFree } = await fleet()
  const one = await add('one', 'env:A')
  expect(await isFree(one, { isFirst: true })).toBe(false)
  expect(await isFree(one, { retryCount: 1 })).toBe(false)
  expect(await isFree(one, { queue: 'backlog' })).toBe(false)
})

test.each(['due', 'held_until'])(
  'a poll does not ask freely while the budget says that its token waits: %s',
  async (column) => {
    const { pool, add, isFree } = await fleet()
    const one = await add('one', 'env:A')
    await pool.query(`insert into asana_audit.budget (token_ref, per_minute) values ('env:A', 60)`)
    expect(await isFree(one)).toBe(true)
    await pool.query(`update asana_audit.budget set ${column} = now() + interval '1 minute'`)
    expect(await isFree(one)).toBe(false)
  },
)
