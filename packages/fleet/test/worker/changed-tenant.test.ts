import { fault } from '@asana-audit/core'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { importTenants } from '../../src/tenants/import-tenants.ts'
import { getTenant, pauseTenant, removeTenant } from '../../src/tenants/tenants.ts'
import type { TurnEnd } from '../../src/worker/turn.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { fleetDatabase } = fleetDatabases()

const before = { tokenRef: 'env:TOKEN_1', destination: 'test' }

async function change(pool: Pool, { tokenRef, destination }: typeof before): Promise<void> {
  const { workspace } = await getTenant(pool, 'acme')
  const csv = `name,workspace,token_ref,destination,poll_seconds\nacme,${workspace},${tokenRef},${destination},1`
  await withClient(pool, (client) => importTenants(client, csv))
}

test.each([
  ['token', { ...before, tokenRef: 'env:NEW_TOKEN' }],
  ['destination', { ...before, destination: 'other' }],
])(
  'a tenant that gets another %s ends its turn with the commit under way, and goes on with it',
  async (_, after) => {
    const pool = await fleetDatabase()
    const customers = customersOf(pool)
    await customers.add('acme', { events: 30 })
    let writes = 0
    customers.beforeWrite = async () => {
      writes += 1
      if (writes === 1) await change(pool, after)
    }
    const turns: { readonly end: TurnEnd; readonly tokenRef: string; readonly destination: string }[] = []
    customers.work({
      // Neither pages nor time end a turn here.
      ...{ slicePages: 1_000, sliceMs: 3_600_000 },
      onTurn: (end, { tokenRef, destination }) => turns.push({ end, tokenRef, destination }),
    })
    await expect.poll(() => customers.arrived.get('acme')?.length).toBe(30)
    await expect.poll(() => turns.length).toBeGreaterThanOrEqual(2)
    expect(turns[0]).toEqual({ ...before, end: { outcome: 'cut' } })
    for (const turn of turns.slice(1)) expect(turn).toMatchObject(after)
    await expect
      .poll(
        async () => (await pool.query('select sum(delivered)::int as delivered from asana_audit.lane')).rows,
      )
      .toEqual([{ delivered: 30 }])
  },
)

test.each([
  // As if five minutes had passed.
  ['its time has come', (pool: Pool) => pool.query('update asana_audit.tenant set next_try = now()')],
  ['it gets another token', (pool: Pool) => change(pool, { ...before, tokenRef: 'env:NEW_TOKEN' })],
])('a tenant that a fault has paused is tried again when %s, and is not paused any more', async (_, next) => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 12 })
  let isMended = false
  customers.beforeWrite = () => {
    if (!isMended)
      throw fault({ fault: 'fatal', code: 'forbidden', message: 'The destination refuses the token.' })
  }
  customers.work()
  const paused = async () => (await pool.query('select code from asana_audit.fleet_paused')).rows
  await expect.poll(paused).toEqual([{ code: 'forbidden' }])
  expect(customers.arrived.get('acme')).toEqual([])
  isMended = true
  await next(pool)
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(12)
  await expect.poll(paused).toEqual([])
  expect(await getTenant(pool, 'acme')).toMatchObject({ state: 'active' })
})

/** A tenant whose turn waits for a destination that is down, and so never comes to a commit. */
async function waitingCustomers(destination: string) {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  await customers.add('acme', { events: 12 })
  let tries = 0
  customers.beforeWrite = (_, __, tenant) => {
    if (tenant.destination !== destination) return
    tries += 1
    throw fault({ fault: 'temporary', code: 'down', message: 'The destination is down.' })
  }
  customers.work()
  await expect.poll(() => tries).toBeGreaterThan(0)
  return { pool, customers }
}

test('a tenant whose destination is down for ever goes on as soon as it gets another one', async () => {
  const { pool, customers } = await waitingCustomers('test')
  await change(pool, { ...before, destination: 'other' })
  await expect.poll(() => customers.arrived.get('acme')?.length).toBe(12)
})

test.each([
  ['pauses', (pool: Pool) => pauseTenant(pool, 'acme')],
  ['removes', (pool: Pool) => withClient(pool, (client) => removeTenant(client, 'acme'))],
])('a tenant that a person %s while its destination is down has no turn any more', async (_, act) => {
  const { pool, customers } = await waitingCustomers('test')
  await act(pool)
  await expect
    .poll(async () => (await pool.query(`select * from asana_audit_boss.job where state <= 'active'`)).rows)
    .toEqual([])
  expect(customers.arrived.get('acme')).toEqual([])
})
