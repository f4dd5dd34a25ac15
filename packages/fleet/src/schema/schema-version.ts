import { type Fault, fault } from '@asana-audit/core'
import type { ClientBase, Pool } from 'pg'
import { fleetSteps } from './tables.ts'

/** The version of the part `fleet`; undefined if it was never migrated. Rejects with `newer_state` if it is later than ours. */
export async function fleetVersion(client: ClientBase | Pool): Promise<number | undefined> {
  const { rows: tables } = await client.query<{ found: string | null }>(
    `select to_regclass('asana_audit.schema_version')::text as found`,
  )
  if (tables[0]?.found == null) return undefined
  const { rows } = await client.query<{ version: number }>(
    `select version from asana_audit.schema_version where part = 'fleet'`,
  )
  const version = rows[0]?.version
  if (version !== undefined && version > fleetSteps.length) throw newer(version)
  return version
}

/** Rejects unless the database has the fleet in our version: `not_migrated` or `newer_state`. */
export async function requireFleet(client: ClientBase | Pool): Promise<void> {
  const version = await fleetVersion(client)
  if (version === fleetSteps.length) return
  const what =
    version === undefined
      ? 'The database has no fleet yet.'
      : `The fleet in the database is of version ${version}, and this program needs ${fleetSteps.length}.`
  const message = `${what} Run this once, with a user who may create tables: asana-audit fleet migrate. It only adds.`
  throw fault({ fault: 'fatal', code: 'not_migrated', message })
}

function newer(version: number): Fault {
  const message = `The fleet in the database is of version ${version}, made by a later version of asana-audit; this program knows ${fleetSteps.length}. Use the later version.`
  return fault({ fault: 'fatal', code: 'newer_state', message })
}
