import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { fleetDatabases } from '../support/fleet-database.ts'
import { customersOf } from '../support/tenants.ts'

const { fleetDatabase } = fleetDatabases()

test('what is read again for late events is not delivered again and not counted again, however long the settled window is', async () => {
  const pool = await fleetDatabase()
  const customers = customersOf(pool)
  const simulator = await customers.add('acme', { events: 40, days: 1 })
  const arrived: string[] = []
  customers.work({
    open: ({ workspace }) => ({
      source: {
        ...{ workspace, token: 'simulator-token', baseUrl: simulator.url },
        // A day of events is read again in each turn.
        ...{ settledWindowMs: 86_400_000, rereadEveryMs: 1 },
      },
      map: ({ gid }) => gid,
      sink: { write: async (ids) => void arrived.push(...ids) },
    }),
  })
  const requests = () => simulator.stats.byStatus[200] ?? 0
  const caughtUp = () => customers.turns.filter(({ end }) => end.outcome === 'caught_up').length
  await expect.poll(caughtUp).toBeGreaterThanOrEqual(1)
  const before = requests()
  const turns = caughtUp()
  await expect.poll(caughtUp).toBeGreaterThanOrEqual(turns + 3)
  // More than one request a poll: something was read again.
  expect(requests() - before).toBeGreaterThan(caughtUp() - turns)
  expect(arrived.toSorted()).toEqual(simulator.events.map(({ gid }) => gid).toSorted())
  const { rows } = await pool.query('select sum(count)::int as counted from asana_audit.ledger')
  expect(rows).toEqual([{ counted: 40 }])
})
