import { migrateState } from '@asana-audit/core/postgres-state'
import type { ClientBase } from 'pg'
import { inTransaction } from '../in-transaction.ts'
import { migrateBoss } from './migrate-boss.ts'
import { fleetVersion } from './schema-version.ts'
import { fleetSteps } from './tables.ts'
import { createViews, dropViews } from './views.ts'

/** The version of the part `fleet` before and after. Undefined before: the database had no fleet. */
export interface FleetMigration {
  readonly from: number | undefined
  readonly to: number
}

/** The lock of everybody who migrates the fleet: a number that nobody else uses. */
const lockKey = 4_270_111_790

/**
 * Brings a database up to this version: the state, pg-boss, then the tables and views of the fleet. Does nothing to what is there already,
 * only adds, and may be called by several at once: the others wait. `client` is a session of its own, not in a transaction. Rejects with
 * `newer_state` if a later version has been here.
 */
export async function migrateFleet(client: ClientBase): Promise<FleetMigration> {
  await client.query('select pg_advisory_lock($1)', [lockKey])
  try {
    await migrateState(client)
    const from = await fleetVersion(client)
    await migrateBossUnderViews(client)
    await inTransaction(client, () => addSteps(client, from ?? 0))
    return { from, to: fleetSteps.length }
  } finally {
    // A connection that is gone has no lock.
    await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => {})
  }
}

/** PostgreSQL refuses some changes of a table that a view reads. */
async function migrateBossUnderViews(client: ClientBase): Promise<void> {
  try {
    await migrateBoss(client)
  } catch (error) {
    await client.query('rollback')
    if (!isHeldByView(error)) throw error
    await client.query(dropViews)
    await migrateBoss(client)
  }
}

/** The codes `feature_not_supported` (the type of a column that a view uses) and `dependent_objects_still_exist`. */
function isHeldByView(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown }
  return code === '0A000' || code === '2BP01'
}

async function addSteps(client: ClientBase, done: number): Promise<void> {
  for (const step of fleetSteps.slice(done)) await client.query(step)
  await client.query(
    `insert into asana_audit.schema_version (part, version) values ('fleet', $1)
     on conflict (part) do update set version = excluded.version where schema_version.version < excluded.version`,
    [fleetSteps.length],
  )
  await client.query(createViews)
}
