import { readFileSync } from 'node:fs'
import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'
import { removeTenant } from '../../src/tenants/tenants.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { emptyDatabase } = fleetDatabases()

test('the owner and the workers need no more rights than those of the page for vendors', async () => {
  const administrator = await emptyDatabase()
  const address = new URL(administrator.options.connectionString ?? '')
  // A role belongs to the whole server, which may not be ours.
  const roles = [`owner_${process.pid}`, `worker_${process.pid}`] as const
  const [toBegin = '', afterMigrating = ''] = grantsOfThePage().map((sql) =>
    sql
      .replaceAll('audit_owner', roles[0])
      .replaceAll('audit_worker', roles[1])
      .replaceAll('database audit', `database ${address.pathname.slice(1)}`),
  )
  await administrator.query(toBegin)
  onTestFinished(async () => {
    for (const role of roles) await administrator.query(`drop owned by ${role} cascade; drop role ${role}`)
  })
  const [owner, pool] = roles.map((role) => {
    const connectionString = Object.assign(new URL(address), { username: role }).href
    const own = new Pool({ connectionString })
    onTestFinished(() => own.end())
    return own
  })
  if (!owner || !pool) throw new Error('There are two roles.')
  await withClient(owner, migrateFleet)
  await owner.query(afterMigrating)
  await expect(pool.query('create table asana_audit.mine (id int)')).rejects.toMatchObject({ code: '42501' })

  const customers = customersOf(owner)
  await customers.add('small', { events: 12 })
  const large = await customers.add('large', { events: 150 })
  const said: unknown[] = []
  const stop = customers.work({ pool, onDatabase: (fact) => said.push(fact) })
  await expect.poll(() => customers.arrived.get('small')?.length).toBe(12)
  await expect.poll(() => customers.arrived.get('large')?.length).toBe(large.events.length)
  await removeTenant(pool, 'small')
  await stop()
  expect(said).toEqual([])
  const { rows } = await owner.query('select sum(delivered)::int as delivered from asana_audit.lane')
  expect(rows).toEqual([{ delivered: 162 }])
})

/** Those to begin with, and those after `fleet migrate`. */
function grantsOfThePage(): string[] {
  const page = readFileSync(new URL('../../../../docs/vendors.md', import.meta.url), 'utf8')
  return [...page.matchAll(/```sql\n((?:create role|grant)[\s\S]*?)```/g)].map(([, sql = '']) => sql)
}
