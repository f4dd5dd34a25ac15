import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importTenants, migrateFleet } from '@asana-audit/fleet'
import { Pool } from 'pg'
import { startOwnPostgres } from '../../../test/support/postgres/start-postgres.ts'
import type { FleetCase } from './fleet-case.ts'
import { postgresCpuMs } from './postgres-usage.ts'
import { workspaceOf } from './tenant-server.ts'

export interface FleetDatabase extends AsyncDisposable {
  readonly url: string
  /** Of all its processes so far, in milliseconds. */
  cpuMs(): number
  /** Transactions and bytes of its log so far. */
  counts(): Promise<{ readonly commits: number; readonly walBytes: number }>
}

/** A PostgreSQL with the tenants of a row. */
export async function fleetDatabase({
  tenants: { tenants },
  pollSeconds,
}: FleetCase): Promise<FleetDatabase> {
  // As a server that has something to lose.
  const postgres = await startOwnPostgres({
    settings: { fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' },
  })
  const pid = Number.parseInt(readFileSync(join(postgres.folder, 'data/postmaster.pid'), 'latin1'), 10)
  const pool = new Pool({ connectionString: postgres.url, max: 1 })
  const client = await pool.connect()
  try {
    await migrateFleet(client)
    const lines = Array.from(
      { length: tenants },
      (_, tenant) => `tenant-${tenant},${workspaceOf(tenant)},env:TOKEN_OF_${tenant},bench,${pollSeconds}`,
    )
    await importTenants(
      client,
      ['name,workspace,token_ref,destination,poll_seconds', ...lines, ''].join('\n'),
    )
  } finally {
    client.release()
  }
  return {
    url: postgres.url,
    cpuMs: () => postgresCpuMs(pid),
    async counts() {
      const { rows } = await pool.query<{ commits: string; wal: string }>(
        `select xact_commit as commits, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal
         from pg_stat_database where datname = current_database()`,
      )
      const [row] = rows
      if (!row) throw new Error('PostgreSQL has no statistics of its database.')
      return { commits: Number(row.commits), walBytes: Number(row.wal) }
    },
    async [Symbol.asyncDispose]() {
      await pool.end()
      await postgres[Symbol.asyncDispose]()
    },
  }
}
