import { type Fact, fault } from '@asana-audit/core'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { pauseTenant, removeTenant, resumeTenant } from '../../src/tenants/tenants.ts'
import { fleetDatabases } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { fleetDatabase } = fleetDatabases()

test('a poll that finds nothing moves no row of the state until minutes have passed, and its tenant is not behind', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 3 })
  customers.work()
  const idle = () => customers.turns.filter(({ end }) => end.outcome === 'caught_up').length
  const lane = async () =>
    (await pool.query(`select version::int, committed_at from asana_audit.lane where name = 'live'`)).rows[0]
  // The first one delivers, and the one after it may read again.
  await expect.poll(idle).toBeGreaterThanOrEqual(2)
  const before = await lane()
  const polls = idle()
  await expect.poll(idle).toBeGreaterThanOrEqual(polls + 2)
  expect(await lane()).toEqual(before)
  const { rows } = await pool.query(
    `select since > last_commit as later, lag_seconds < extract(epoch from now() - last_commit) as less from asana_audit.fleet_lag`,
  )
  expect(rows).toEqual([{ later: true, less: true }])

  const savedAt = (time: string) => pool.query(`update asana_audit.lane set committed_at = ${time}`)
  await savedAt(`now() - interval '5 minutes'`)
  await expect.poll(async () => (await lane()).version).toBe(before.version + 1)
  // The clock of the database was set back.
  await savedAt(`now() + interval '1 hour'`)
  await expect.poll(async () => (await lane()).version).toBe(before.version + 2)
})

test('an offset that Asana has refused is not asked with again by the next polls', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  const simulator = await customers.add('acme', { events: 3 })
  const facts: Fact[] = []
  customers.work({ onFact: (fact) => facts.push(fact) })
  const healed = () => facts.filter(({ type }) => type === 'healed').length
  const idle = () => customers.turns.filter(({ end }) => end.outcome === 'caught_up').length
  await expect.poll(idle).toBeGreaterThanOrEqual(2)
  // The second time, the position differs from the one before in nothing but the offset.
  for (const time of [1, 2]) {
    simulator.expireOffsets()
    await expect.poll(healed).toBe(time)
    const polls = idle()
    await expect.poll(idle).toBeGreaterThanOrEqual(polls + 3)
    expect(healed()).toBe(time)
  }
})

test('a quiet tenant whose next turns fail, or are handed back, is behind only since it was last read', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 3 })
  const stop = customers.work()
  const ended = (...outcomes: string[]) =>
    customers.turns.filter(({ end }) => outcomes.includes(end.outcome)).length
  await expect.poll(() => ended('caught_up')).toBeGreaterThanOrEqual(3)
  await stop()
  await pool.query(`update asana_audit.lane set committed_at = now() - interval '3 minutes'`)
  const since = async () => (await pool.query('select since from asana_audit.fleet_lag')).rows[0].since
  const before = await since()
  customers.work({
    open: () => Promise.reject(fault({ fault: 'temporary', code: 'secret_unreadable', message: 'Later.' })),
  })
  await expect.poll(() => ended('failing')).toBeGreaterThanOrEqual(2)
  expect(await since()).toEqual(before)
})

test('a quiet tenant that is removed has no turn any more, and one that is paused has its turn back when it is resumed', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('removed', { events: 3 })
  await customers.add('paused', { events: 3 })
  customers.work()
  const turns = async () => (await pool.query(`select * from asana_audit_boss.job`)).rowCount
  const idle = () =>
    new Set(customers.turns.flatMap(({ tenant, end }) => (end.outcome === 'caught_up' ? [tenant] : [])))
  await expect.poll(() => idle().size).toBe(2)
  await removeTenant(pool, 'removed')
  await pauseTenant(pool, 'paused')
  await expect.poll(turns).toBe(0)
  await resumeTenant(pool, 'paused')
  await expect.poll(turns).toBe(1)
})
