import { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { startPgbouncer, testWithPgbouncer as test } from '../../../../test/support/postgres/pgbouncer.ts'
import { fleetDatabases } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { fleetDatabase } = fleetDatabases()

const sorted = (ids: Iterable<string> = []): string[] => [...ids].toSorted()

test('two workers behind a PgBouncer in transaction mode, with fewer connections than theirs, deliver every event once', async () => {
  // The tables are made without it, as the page for vendors says.
  const direct = await fleetDatabase()
  const { connectionString: address = '' } = direct.options
  const url = await startPgbouncer(address, 'transaction', { servers: 3 })
  const customers = customersOf(direct)
  for (let number = 1; number <= 12; number += 1)
    await customers.add(`customer-${number}`, { events: number * 12, seed: number })
  const stops = ['one', 'two'].map((name) => {
    const pool = new Pool({ connectionString: url })
    // Called in the opposite order: the worker ends before its pool.
    onTestFinished(() => pool.end())
    return customers.work({ name, pool })
  })
  const arrived = () => [...customers.simulators.keys()].map((name) => sorted(customers.arrived.get(name)))
  const sent = [...customers.simulators.values()].map(({ events }) => sorted(events.map(({ gid }) => gid)))
  await expect.poll(() => arrived().flat().length).toBeGreaterThanOrEqual(sent.flat().length)
  for (const stop of stops) await stop()

  expect(arrived()).toEqual(sent)
  const { rows } = await direct.query('select sum(delivered)::int as delivered from asana_audit.lane')
  expect(rows).toEqual([{ delivered: sent.flat().length }])
})
