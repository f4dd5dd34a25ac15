import type { ClientBase } from 'pg'
import { inTransaction } from '../in-transaction.ts'
import type { KnownDestinations } from './new-tenant.ts'
import { type CsvProblem, type CsvTenant, readTenantCsv } from './tenant-csv.ts'
import { type WrittenTenants, writeTenants } from './write-tenants.ts'

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
  known: KnownDestinations = {},
): Promise<TenantImport> {
  const { tenants, problems } = readTenantCsv(csv, known)
  return inTransaction(client, async () => {
    const moved = await movedWorkspaces(client, tenants)
    const all = [...problems, ...moved]
    if (all.length > 0) return { problems: all.toSorted((one, other) => one.line - other.line) }
    return {
      written: await writeTenants(
        client,
        tenants.map(({ tenant }) => tenant),
      ),
    }
  })
}

/** The tenants whose workspace would change. That is a problem, because a position belongs to its workspace. */
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
