import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { fleetWorker } from '../../src/index.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'
import { requireFleet } from '../../src/schema/schema-version.ts'
import { fleetSteps } from '../../src/schema/tables.ts'
import { addTenant, listTenants } from '../../src/tenants/tenants.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { emptyDatabase, fleetDatabase } = fleetDatabases()
const newest = fleetSteps.length
const acme = { name: 'acme', workspace: '1', tokenRef: 'env:ACME', destination: 'siem' }

test('an empty database gets the fleet, and a second time nothing changes', async () => {
  const pool = await emptyDatabase()
  await expect(requireFleet(pool)).rejects.toMatchObject({
    ...{ fault: 'fatal', code: 'not_migrated' },
    message: expect.stringContaining('asana-audit fleet migrate'),
  })
  await withClient(pool, async (client) => {
    expect(await migrateFleet(client)).toEqual({ from: undefined, to: newest })
    await addTenant(client, acme)
    expect(await migrateFleet(client)).toEqual({ from: newest, to: newest })
    expect(await listTenants(client)).toMatchObject([{ name: 'acme', state: 'active', pollSeconds: 60 }])
  })
  await requireFleet(pool)
})

test('several may migrate at once', async () => {
  const pool = await emptyDatabase()
  await Promise.all([1, 2, 3].map(() => withClient(pool, (client) => migrateFleet(client))))
  await requireFleet(pool)
  for (const view of ['fleet_lag', 'fleet_backlogs', 'fleet_paused', 'fleet_workers']) {
    expect((await pool.query(`select * from asana_audit.${view}`)).rows).toEqual([])
  }
})

test('a fleet of a later version is refused, and nothing is changed', async () => {
  const pool = await fleetDatabase()
  await pool.query(`update asana_audit.schema_version set version = ${newest + 1} where part = 'fleet'`)
  const newer = { fault: 'fatal', code: 'newer_state', message: expect.stringContaining('later version') }
  await expect(requireFleet(pool)).rejects.toMatchObject(newer)
  await expect(withClient(pool, (client) => migrateFleet(client))).rejects.toMatchObject(newer)
  expect((await pool.query('select * from asana_audit.fleet_lag')).rows).toEqual([])
})

test('a fleet of an older version is refused with the next step', async () => {
  const pool = await fleetDatabase()
  await pool.query(`update asana_audit.schema_version set version = 0 where part = 'fleet'`)
  await expect(requireFleet(pool)).rejects.toMatchObject({
    code: 'not_migrated',
    message: expect.stringContaining(`of version 0, and this program needs ${newest}`),
  })
})

test('a fleet of the version before is brought up to date with its tenants', async () => {
  const pool = await fleetDatabase()
  const indexes = async () =>
    (await pool.query(`select indexdef from pg_indexes where schemaname = 'asana_audit' order by 1`)).rows
  const whole = await indexes()
  const added = await withClient(pool, (client) => addTenant(client, acme))
  await pool.query(
    `drop index asana_audit.tenant_token_ref_idx;
     update asana_audit.schema_version set version = 1 where part = 'fleet'`,
  )
  await expect(requireFleet(pool)).rejects.toMatchObject({ code: 'not_migrated' })
  expect(await withClient(pool, (client) => migrateFleet(client))).toEqual({ from: 1, to: newest })
  await requireFleet(pool)
  expect(await indexes()).toEqual(whole)
  expect(await listTenants(pool)).toEqual([added])
})

test('a user who may not create tables gets an error, and boards still have their views', async () => {
  const pool = await fleetDatabase()
  await pool.query(`create role reader_${process.pid} nologin`)
  await withClient(pool, async (client) => {
    await client.query(`set role reader_${process.pid}`)
    await expect(migrateFleet(client)).rejects.toThrow()
    await client.query('rollback; reset role')
  })
  expect((await pool.query('select * from asana_audit.fleet_lag')).rows).toEqual([])
})

test('a worker whose pg-boss is of another version than the tables says what to do', async () => {
  const pool = await fleetDatabase()
  await pool.query('update asana_audit_boss.version set version = version - 1')
  const worker = fleetWorker({
    pool,
    open: () => Promise.reject(new Error('not here')),
    signal: AbortSignal.abort(),
  })
  await expect(worker).rejects.toMatchObject({
    ...{ fault: 'fatal', code: 'not_migrated' },
    message: expect.stringContaining('asana-audit fleet migrate'),
  })
})

test('the indexes that a migration of pg-boss leaves for later are built, since no worker builds them', async () => {
  const pool = await fleetDatabase()
  // As if the migration before was long ago: some seconds have to pass between two.
  await pool.query('update asana_audit_boss.version set bam_on = null')
  for (const column of ['created_on', 'started_on'])
    await pool.query(
      `insert into asana_audit_boss.bam (name, version, table_name, command) values ($1, 1, 'job_common', $2)`,
      [column, `create index concurrently later_${column} on asana_audit_boss.job_common (${column})`],
    )
  await withClient(pool, (client) => migrateFleet(client))
  const { rows } = await pool.query(
    `select indexrelid::regclass::text as index, indisvalid as built from pg_index
     join pg_class on pg_class.oid = indexrelid where relname like 'later_%' order by 1`,
  )
  expect(rows).toEqual([
    { index: 'asana_audit_boss.later_created_on', built: true },
    { index: 'asana_audit_boss.later_started_on', built: true },
  ])
})
