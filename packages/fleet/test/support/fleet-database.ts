import { Pool, type PoolClient } from 'pg'
import { afterAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { migrateFleet } from '../../src/schema/migrate-fleet.ts'

/** One server for the tests of a file, started for the first that asks, and a database of its own for each. */
export function fleetDatabases() {
  let starting: Promise<TestPostgres> | undefined
  const open: Pool[] = []
  afterAll(async () => {
    await Promise.all(open.map((pool) => pool.end()))
    await (await starting)?.[Symbol.asyncDispose]()
  })

  async function emptyDatabase(): Promise<Pool> {
    starting ??= startPostgres()
    const postgres = await starting
    const pool = new Pool({ connectionString: await postgres.createDatabase() })
    open.push(pool)
    return pool
  }

  return {
    /** Without tables. */
    emptyDatabase,
    /** With those of a fleet. */
    async fleetDatabase(): Promise<Pool> {
      const pool = await emptyDatabase()
      await withClient(pool, (client) => migrateFleet(client))
      return pool
    },
  }
}

export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}
