import type { Fact } from '@asana-audit/core'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { emptyDatabase, fleetDatabase } = fleetDatabases()

/** A worker whose only tenant gets five events more while its database is in need. */
async function throughNeed(pool: Pool, begin: () => Promise<void>, end: () => Promise<void>, need: object) {
  const customers = customersOf(pool)
  const simulator = await customers.add('acme', { events: 5 })
  const told: Fact[] = []
  customers.work({ onDatabase: (fact) => told.push(fact) })
  const arrived = () => new Set(customers.arrived.get('acme')).size
  await expect.poll(arrived).toBe(5)
  await begin()
  simulator.grow(5)
  await expect.poll(() => told).toContainEqual(expect.objectContaining({ type: 'retrying', ...need }))
  await end()
  await expect.poll(arrived).toBe(10)
}

test('a disk that is full is told with the next step, and nothing is lost until there is room', async () => {
  const pool = await fleetDatabase()
  await throughNeed(
    pool,
    async () => {
      await pool.query(
        `create function full_disk() returns trigger language plpgsql as $$ begin
           raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
         create trigger full_disk before insert or update on asana_audit_boss.job_common
           for each row execute function full_disk()`,
      )
    },
    async () => void (await pool.query('drop trigger full_disk on asana_audit_boss.job_common')),
    { code: 'disk_full', message: expect.stringContaining('no space left on its disk. Free some') },
  )
})

test('a database without a connection left is told with the next step, and nothing is lost until there is one', async () => {
  const administrator = await emptyDatabase()
  const address = new URL(administrator.options.connectionString ?? '')
  // A role belongs to the whole server, which may not be ours.
  const role = `limited_${process.pid}`
  await administrator.query(
    `create role ${role} login; grant create on database ${address.pathname.slice(1)} to ${role}`,
  )
  onTestFinished(
    async () => void (await administrator.query(`drop owned by ${role} cascade; drop role ${role}`)),
  )
  const pool = new Pool({ connectionString: Object.assign(new URL(address), { username: role }).href })
  // Its idle connections are ended.
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  await withClient(pool, (client) => migrateFleet(client))
  await throughNeed(
    pool,
    async () => {
      await administrator.query(`alter role ${role} connection limit 0`)
      await administrator.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`,
      )
    },
    async () => void (await administrator.query(`alter role ${role} connection limit -1`)),
    { code: 'state_busy', message: expect.stringContaining('Raise its max_connections') },
  )
})
