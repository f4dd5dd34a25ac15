import { nearestName } from '@asana-audit/schema/options'
import type { ClientBase } from 'pg'
import { inTransaction } from '../in-transaction.ts'
import { type CsvProblem, type CsvTenant, readTenantCsv } from './tenant-csv.ts'
import { type WrittenTenants, writeTenants } from './write-tenants.ts'

export interface ImportOptions {
  /**
   * The names under `destinations` of the fleet's file, to find those that are not there.
   * @default not checked
   */
  readonly destinations?: readonly string[] | undefined
}

export type TenantImport =
  | { readonly written: WrittenTenants }
  | {
      /** All that is wrong, by line. Nothing was imported. */
      readonly problems: readonly CsvProblem[]
    }

/**
 * Adds the tenants of a CSV and changes those that are there, all in one transaction, or none of them if one line is wrong. Tenants that the
 * file does not name stay as they are. `client` must not be in a transaction.
 */
export async function importTenants(
  client: ClientBase,
  csv: string,
  { destinations }: ImportOptions = {},
): Promise<TenantImport> {
  const { tenants, problems } = readTenantCsv(csv)
  const unknown = destinations ? unknownDestinations(tenants, destinations) : []
  return inTransaction(client, async () => {
    const moved = await movedWorkspaces(client, tenants)
    const all = [...problems, ...unknown, ...moved]
    if (all.length > 0) return { problems: all.toSorted((one, other) => one.line - other.line) }
    return {
      written: await writeTenants(
        client,
        tenants.map(({ tenant }) => tenant),
      ),
    }
  })
}

function unknownDestinations(
  tenants: readonly CsvTenant[],
  destinations: readonly string[],
): readonly CsvProblem[] {
  return tenants.flatMap(({ line, tenant: { destination } }) => {
    if (destinations.includes(destination)) return []
    const nearest = nearestName(destination, destinations)
    const meant = nearest === undefined ? `There are ${destinations.join(', ')}.` : `Did you mean ${nearest}?`
    const message = `The fleet's file has no destination ${JSON.stringify(destination)}. ${meant}`
    return [{ line, field: 'destination', message }]
  })
}

/** A position belongs to its workspace. */
async function movedWorkspaces(
  client: ClientBase,
  tenants: readonly CsvTenant[],
): Promise<readonly CsvProblem[]> {
  const { rows } = await client.query<{ name: string; workspace: string }>(
    `select p.name, t.workspace from asana_audit.tenant t
     join asana_audit.pipeline p on p.id = t.pipeline_id where p.name = any($1::text[])`,
    [tenants.map(({ tenant }) => tenant.name)],
  )
  const stored = new Map(rows.map(({ name, workspace }) => [name, workspace]))
  return tenants.flatMap(({ line, tenant: { name, workspace } }) => {
    const before = stored.get(name)
    if (before === undefined || before === workspace) return []
    return [{ line, field: 'workspace', message: otherWorkspace(name, before) }]
  })
}

/** Why a tenant cannot be given another workspace. */
export function otherWorkspace(name: string, before: string): string {
  return `${JSON.stringify(name)} is delivered from the workspace ${before}, and its position is valid for that alone. Give the customer of another workspace a new name.`
}
