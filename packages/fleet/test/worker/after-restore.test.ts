import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { startOwnPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { testWithOwnPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'
import { withClient } from '../support/fleet-database.ts'
import { type Customers, customersOf } from '../support/tenants.ts'

const all = 60

test('after a restore of an older database, what was delivered since the backup comes again, and nothing is missing', async () => {
  const postgres = await startOwnPostgres()
  onTestFinished(() => postgres[Symbol.asyncDispose]())
  const pool = new Pool({ connectionString: postgres.url })
  // Its idle connections end with the server.
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  await withClient(pool, (client) => migrateFleet(client))
  const customers = customersOf(pool)
  for (const name of ['ada', 'bob', 'eve']) await customers.add(name, { events: all })

  await workUntil(customers, (count) => count >= 20)
  const { rows: saved } = await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')
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
  const [{ delivered }] = restored as [{ delivered: number }]
  const again = 3 * all - delivered
  expect(again).toBeGreaterThan(0)
  await workUntil(customers, (_, total) => total >= before + again)
  expect(arrived.map((ids) => new Set(ids).size)).toEqual([all, all, all])
  expect(arrived.flat().length).toBe(before + again)
})

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
