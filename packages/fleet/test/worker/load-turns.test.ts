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
    /** Its token has been asked for before. */
    async add(name: string, tokenRef: string, pollSeconds = 60, perMinute = 1_200): Promise<number> {
      const tenant = { name, workspace: '1', tokenRef, destination: 'test', pollSeconds }
      await pool.query(
        'insert into asana_audit.budget (token_ref, per_minute) values ($1, $2) on conflict do nothing',
        [tokenRef, perMinute],
      )
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

test('polls are counted where they could be more than a twentieth of the budget, and where nothing is known of it', async () => {
  const { pool, add, isFree } = await fleet()
  expect(await isFree(await add('rare', 'env:A', 60, 20))).toBe(true)
  expect(await isFree(await add('often', 'env:B', 60, 19))).toBe(false)
  expect(await isFree(await add('each second', 'env:C', 1, 1_200))).toBe(true)
  expect(await isFree(await add('too often', 'env:D', 1, 60))).toBe(false)
  expect(await isFree(await add('largest', 'env:F', 86_400, 1_000_000))).toBe(true)
  const one = await add('one', 'env:E')
  await pool.query(`delete from asana_audit.budget`)
  expect(await isFree(one)).toBe(false)
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
    expect(await isFree(one)).toBe(true)
    await pool.query(`update asana_audit.budget set ${column} = now() + interval '1 minute'`)
    expect(await isFree(one)).toBe(false)
  },
)
