import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { startOwnPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { testWithOwnPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'
import { addTenant, pauseTenant, removeTenant } from '../../src/tenants/tenants.ts'
import { withClient } from '../support/fleet-database.ts'
import { type Customers, customersOf } from '../support/tenants.ts'

const all = 60

test('after a restore of an older database, what was delivered since the backup comes again, from a time that it says, and nothing is missing', async () => {
  const postgres = await startOwnPostgres()
  onTestFinished(() => postgres[Symbol.asyncDispose]())
  const pool = new Pool({ connectionString: postgres.url })
  // Its idle connections end with the server.
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  await withClient(pool, (client) => migrateFleet(client))
  await plantFinished(pool)
  const now = async () => (await pool.query<{ now: Date }>('select now()')).rows[0]!.now
  const begun = await now()
  const customers = customersOf(pool)
  for (const name of ['ada', 'bob', 'eve']) await customers.add(name, { events: all })

  await workUntil(customers, (count) => count >= 20)
  const { rows: saved } = await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')
  const backedUp = await now()
  const data = join(postgres.folder, 'data')
  await postgres.stop('fast')
  execFileSync('cp', ['-a', data, `${data}.backup`])
  await postgres.start()
  await workUntil(customers, (count) => count === all)
  const arrived = [...customers.arrived.values()]
  expect(arrived.map((ids) => new Set(ids).size)).toEqual([all, all, all])
  const before = arrived.flat().length

  await postgres.stop('fast')
  rmSync(data, { recursive: true })
  execFileSync('cp', ['-a', `${data}.backup`, data])
  await postgres.start()
  const { rows: restored } = await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')
  expect(restored).toEqual(saved)
  const { rows: said } = await pool.query<{ min: Date }>(queryOfThePage())
  expect(said[0]!.min.getTime()).toBeGreaterThanOrEqual(begun.getTime())
  expect(said[0]!.min.getTime()).toBeLessThanOrEqual(backedUp.getTime())
  const [{ delivered }] = restored as [{ delivered: number }]
  const again = 3 * all - delivered
  expect(again).toBeGreaterThan(0)
  await workUntil(customers, (_, total) => total >= before + again)
  expect(arrived.map((ids) => new Set(ids).size)).toEqual([all, all, all])
  expect(arrived.flat().length).toBe(before + again)
})

/** A tenant that was removed long ago, and the history of one that was read whole long ago. They bring nothing again. */
async function plantFinished(pool: Pool): Promise<void> {
  await withClient(pool, async (client) => {
    for (const [name, lane] of [
      ['gone', 'live'],
      ['old', 'backlog'],
    ] as const) {
      const tenant = { name, workspace: '1', tokenRef: 'env:T', destination: 'test' }
      const { pipelineId } = await addTenant(client, tenant)
      await client.query(
        `insert into asana_audit.lane (pipeline_id, name, cursor, version, committed_at)
         values ($1, $2, '{"settled": true}', 1, now() - interval '1 year')`,
        [pipelineId, lane],
      )
    }
    await removeTenant(client, 'gone')
    await pauseTenant(client, 'old')
  })
}

/** That says from when the events of a restored fleet come again. */
function queryOfThePage(): string {
  const page = readFileSync(new URL('../../../../docs/vendors.md', import.meta.url), 'utf8')
  const [, sql] = /```sql\n(select min[\s\S]*?)```/.exec(page) ?? []
  if (sql === undefined) throw new Error('The page has no such query.')
  return sql
}

/** Runs a worker until each tenant has so many of its events, or all together so many writes. */
async function workUntil(
  customers: Customers,
  isEnough: (ofEach: number, total: number) => boolean,
): Promise<void> {
  const stop = customers.work()
  const lists = [...customers.arrived.values()]
  await expect
    .poll(() => isEnough(Math.min(...lists.map((ids) => new Set(ids).size)), lists.flat().length))
    .toBe(true)
  await stop()
}
