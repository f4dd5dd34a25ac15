import { type Fault, fault } from '@asana-audit/core'
import type { ClientBase, Pool } from 'pg'
import { inTransaction } from '../in-transaction.ts'
import { otherWorkspace } from './import-tenants.ts'
import { type NewTenant, tenantProblems } from './new-tenant.ts'
import { selectTenants, type Tenant, type TenantRow, tenantOf } from './tenant.ts'
import { writeTenants } from './write-tenants.ts'

/** The code of a pause that a person made. */
const byPerson = 'by_person'

/**
 * Adds a tenant; a worker begins with it within a minute. A name that the state knows, for example after an import from SQLite, goes on
 * from its position. Rejects with `wrong_tenant` or `known_tenant`.
 */
export async function addTenant(client: ClientBase, tenant: NewTenant): Promise<Tenant> {
  const [problem] = tenantProblems(tenant)
  if (problem) throw tenantFault('wrong_tenant', `${problem.field}: ${problem.message}`)
  return inTransaction(client, async () => {
    const before = await findTenant(client, tenant.name)
    if (before && before.state !== 'removed') throw known(tenant.name)
    if (before && before.workspace !== tenant.workspace)
      throw tenantFault('wrong_tenant', `workspace: ${otherWorkspace(tenant.name, before.workspace)}`)
    await writeTenants(client, [tenant])
    return getTenant(client, tenant.name)
  })
}

export interface ListOptions {
  /**
   * Only those in this state.
   * @default all but the removed
   */
  readonly state?: Tenant['state'] | undefined
}

/** The tenants in the order of their names. */
export async function listTenants(client: ClientBase | Pool, { state }: ListOptions = {}): Promise<Tenant[]> {
  const which = state === undefined ? "t.state <> 'removed'" : 't.state = $1'
  const { rows } = await client.query<TenantRow>(
    `${selectTenants} where ${which} order by p.name`,
    state === undefined ? [] : [state],
  )
  return rows.map(tenantOf)
}

/** Undefined if there is none. One that was removed is found. */
export async function findTenant(client: ClientBase | Pool, name: string): Promise<Tenant | undefined> {
  const { rows } = await client.query<TenantRow>(`${selectTenants} where p.name = $1`, [name])
  return rows[0] && tenantOf(rows[0])
}

/** Rejects with `unknown_tenant`. One that was removed is found. */
export async function getTenant(client: ClientBase | Pool, name: string): Promise<Tenant> {
  const tenant = await findTenant(client, name)
  if (!tenant) throw unknown(name)
  return tenant
}

/** No turn begins until `resumeTenant`; one under way ends at its next commit, or soon if it waits for what fails. Rejects with `unknown_tenant`. */
export async function pauseTenant(client: ClientBase | Pool, name: string, reason?: string): Promise<Tenant> {
  const message = `A person has paused it${reason === undefined ? '' : `: ${reason}`}. Start it again: asana-audit fleet tenant resume.`
  await change(
    client,
    name,
    `state = 'paused', paused_code = $2, paused_message = $3, paused_at = now(), next_try = null`,
    [byPerson, message],
  )
  return getTenant(client, name)
}

/**
 * Starts it again, from where it was, also after a fault: within a minute, or later where its next poll or try is planned, if its polls are
 * minutes apart. A history goes on within five minutes. Rejects with `unknown_tenant`.
 */
export async function resumeTenant(client: ClientBase | Pool, name: string): Promise<Tenant> {
  await change(client, name, `state = 'active', ${noPause}`, [])
  return getTenant(client, name)
}

/**
 * Ends it: no turn begins, and one under way ends as after `pauseTenant`. Its position, ledger and quarantine stay, so that `verify` and
 * `quarantine` work and `addTenant` goes on from there. Rejects with `unknown_tenant`.
 */
export async function removeTenant(client: ClientBase | Pool, name: string): Promise<Tenant> {
  await change(client, name, `state = 'removed', ${noPause}`, [])
  return getTenant(client, name)
}

const noPause =
  'paused_code = null, paused_message = null, paused_at = null, paused_lane = null, next_try = null'

async function change(
  client: ClientBase | Pool,
  name: string,
  what: string,
  values: readonly string[],
): Promise<void> {
  const { rowCount } = await client.query(
    `update asana_audit.tenant t set ${what} from asana_audit.pipeline p
     where p.id = t.pipeline_id and p.name = $1 and t.state <> 'removed'`,
    [name, ...values],
  )
  if (rowCount === 0) throw unknown(name)
}

function known(name: string): Fault {
  const message = `There is a tenant ${JSON.stringify(name)} already. To change its token, destination or pace, import a CSV with its line: asana-audit fleet tenant import FILE.csv.`
  return tenantFault('known_tenant', message)
}

function unknown(name: string): Fault {
  const message = `There is no tenant ${JSON.stringify(name)}. asana-audit fleet tenant list shows all names.`
  return tenantFault('unknown_tenant', message)
}

function tenantFault(code: string, message: string): Fault {
  return fault({ fault: 'fatal', code, message })
}
