import type { ClientBase } from 'pg'
import type { NewTenant } from './new-tenant.ts'

/** How many tenants were new, were there with other values, and were there as they are. */
export interface WrittenTenants {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/**
 * Writes any number of tenants, in two statements, within the transaction of `client`. One that is there gets the new values; one that was
 * removed is active again, and goes on where it was. Their workspaces must be those they have.
 */
export async function writeTenants(
  client: ClientBase,
  tenants: readonly NewTenant[],
): Promise<WrittenTenants> {
  const names = tenants.map(({ name }) => name)
  await client.query(
    'insert into asana_audit.pipeline (name) select unnest($1::text[]) on conflict (name) do nothing',
    [names],
  )
  const { rows } = await client.query<{ added: boolean }>(
    `insert into asana_audit.tenant as t (pipeline_id, workspace, token_ref, destination, poll_seconds)
     select p.id, given.workspace, given.token_ref, given.destination, given.poll_seconds
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
       as given (name, workspace, token_ref, destination, poll_seconds)
     join asana_audit.pipeline p using (name)
     on conflict (pipeline_id) do update set
       token_ref = excluded.token_ref,
       destination = excluded.destination,
       poll_seconds = excluded.poll_seconds,
       state = case t.state when 'removed' then 'active' else t.state end,
       -- What was wrong may be right now.
       next_try = case when t.next_try is null then null else now() end
     where t.state = 'removed' or (t.token_ref, t.destination, t.poll_seconds)
       is distinct from (excluded.token_ref, excluded.destination, excluded.poll_seconds)
     returning t.xmax = 0 as added`,
    [
      names,
      tenants.map(({ workspace }) => workspace),
      tenants.map(({ tokenRef }) => tokenRef),
      tenants.map(({ destination }) => destination),
      tenants.map(({ pollSeconds = 60 }) => pollSeconds),
    ],
  )
  const added = rows.filter((row) => row.added).length
  return { added, changed: rows.length - added, unchanged: tenants.length - rows.length }
}
