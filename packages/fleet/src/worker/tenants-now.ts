import type { Connection } from '../database/open-database.ts'
import type { Tenant } from '../tenants/tenant.ts'

/** What a person may have changed of a tenant since a turn began. */
export interface TenantNow {
  readonly state: Tenant['state']
  /** Whether a person has paused it. */
  readonly isStopped: boolean
  readonly settings: string
}

/** Reads tenants as they are now, by their numbers. With `for share`, in a transaction, nobody changes them until its end. */
export async function tenantsNow(
  connection: Connection,
  pipelineIds: readonly number[],
  lock: 'for share' | '' = '',
): Promise<ReadonlyMap<number, TenantNow>> {
  if (pipelineIds.length === 0) return new Map()
  const { rows } = await connection.executeSql(
    `select pipeline_id as id, state, state = 'paused' and next_try is null as is_stopped, workspace, destination, token_ref
     from asana_audit.tenant where pipeline_id = any($1::int[]) order by pipeline_id ${lock}`,
    [[...new Set(pipelineIds)]],
  )
  return new Map(
    (rows as Row[]).map(
      ({ id, state, is_stopped: isStopped, workspace, destination, token_ref: tokenRef }) => [
        id,
        { state, isStopped, settings: settingsOf({ workspace, destination, tokenRef }) },
      ],
    ),
  )
}

interface Row {
  readonly id: number
  readonly state: TenantNow['state']
  readonly is_stopped: boolean
  readonly workspace: string
  readonly destination: string
  readonly token_ref: string
}

function settingsOf({
  workspace,
  destination,
  tokenRef,
}: Pick<Tenant, 'workspace' | 'destination' | 'tokenRef'>): string {
  return JSON.stringify([workspace, destination, tokenRef])
}

/** Whether a turn with this tenant must end: somebody deleted it, paused it, or gave it other settings. */
export function hasChanged(tenant: Tenant, tenants: ReadonlyMap<number, TenantNow>): boolean {
  const now = tenants.get(tenant.pipelineId)
  return now === undefined || now.isStopped || now.settings !== settingsOf(tenant)
}
