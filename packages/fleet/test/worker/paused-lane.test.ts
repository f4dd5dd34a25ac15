import type { PgBoss } from 'pg-boss'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { openDatabase } from '../../src/database/open-database.ts'
import { addTenant, getTenant } from '../../src/tenants/tenants.ts'
import type { TurnQueue } from '../../src/turns/turn-queues.ts'
import { loadTurns } from '../../src/worker/load-turns.ts'
import type { TurnEnd } from '../../src/worker/turn.ts'
import { writeGroup } from '../../src/worker/write-group.ts'
import { fleetDatabases, withClient } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

const refused = {
  outcome: 'paused',
  code: 'forbidden',
  message: 'The destination refuses the token.',
} as const

/** A tenant, and a way to end turns of it. */
async function tenantWithTurns() {
  const pool = await fleetDatabase()
  const tenant = { name: 'acme', workspace: '1', tokenRef: 'env:A', destination: 'test', pollSeconds: 60 }
  const { pipelineId } = await withClient(pool, (client) => addTenant(client, tenant))
  const database = openDatabase(pool, 15_000)
  // All jobs are this worker's, and what is planned next does not matter here.
  const settle = async (_: string, jobs: readonly { id: string }[]) => ({ settled: jobs.map(({ id }) => id) })
  const boss = { touch: settle, deleteJob: settle, insert: async () => [] } as unknown as PgBoss
  const write = writeGroup({ database, boss, random: () => 0 })
  return {
    async end(queue: TurnQueue, end: TurnEnd): Promise<void> {
      const job = { id: crypto.randomUUID(), retryCount: 0, data: { pipelineId } }
      const turns = await loadTurns(database, queue, [job])
      await write(turns.map((turn) => ({ turn, lanes: [], end })))
    },
    state: async () => (await getTenant(pool, 'acme')).state,
  }
}

test.each([
  ['tail', 'backlog', { outcome: 'caught_up' }],
  ['tail', 'backlog', { outcome: 'finished' }],
  ['backlog', 'tail', { outcome: 'caught_up' }],
] as const)(
  'a tenant that a turn of %s has paused stays so after one of %s that has %j',
  async (own, other, end) => {
    const tenant = await tenantWithTurns()
    await tenant.end(own, refused)
    await tenant.end(other, end)
    expect(await tenant.state()).toBe('paused')
    await tenant.end(own, { outcome: 'caught_up' })
    expect(await tenant.state()).toBe('active')
  },
)

test('a tenant whose backlog was paused is active once the backlog is finished', async () => {
  const tenant = await tenantWithTurns()
  await tenant.end('backlog', refused)
  await tenant.end('backlog', { outcome: 'finished' })
  expect(await tenant.state()).toBe('active')
})
