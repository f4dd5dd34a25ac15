import { isFault } from '@asana-audit/core'
import type { Pool, PoolClient } from 'pg'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { invalidSettings } from '../terminal/problem.ts'
import { fleetAddress } from './fleet-address.ts'
import { withOptionalPackages } from './optional-packages.ts'

type FleetModule = typeof import('@asana-audit/fleet')

/** The database of a fleet. */
export interface OpenFleet {
  readonly pool: Pool
  readonly fleet: FleetModule
}

/** One connection to it. */
export interface FleetConnection extends OpenFleet {
  readonly client: PoolClient
}

/** Opens the database that flags, environment or file name, for one command. Rejects with a fault that says what to do. */
export async function withFleet(
  flags: FleetFlags,
  work: (open: OpenFleet) => Promise<ExitCode>,
): Promise<ExitCode> {
  const found = await fleetAddress(flags, process.env)
  if ('problems' in found) return invalidSettings(found.problems)
  const fleet = await withOptionalPackages(() => import('@asana-audit/fleet'))
  const { postgresFault } = await import('@asana-audit/core/postgres-state')
  const { openPool } = await import('./open-pool.ts')
  try {
    const { pool, close } = await openPool(found.statePath)
    try {
      return await work({ pool, fleet })
    } finally {
      await close()
    }
  } catch (error) {
    throw isFault(error) ? error : postgresFault(found.statePath, error)
  }
}

/** The same with one connection, for a command that ends soon. Rejects with `not_migrated` if the tables are missing, unless it needs `nothing`. */
export async function withFleetClient(
  flags: FleetFlags,
  work: (open: FleetConnection) => Promise<ExitCode>,
  needs: 'tables' | 'nothing' = 'tables',
): Promise<ExitCode> {
  return withFleet(flags, async (open) => {
    const { pool, fleet } = open
    const client = await pool.connect()
    // Without a listener, a connection that ends between two queries would end the process. The next query rejects.
    client.on('error', () => {})
    try {
      if (needs === 'tables') await fleet.requireFleet(client)
      return await work({ ...open, client })
    } finally {
      client.release()
    }
  })
}
