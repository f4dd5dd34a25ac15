/** Why a tenant stands still. */
export interface TenantPause {
  /** The fault's code, or `by_person`. */
  readonly code: string
  /** A sentence with the next step. */
  readonly message: string
  /** RFC 3339. */
  readonly since: string
  /** RFC 3339; undefined where a person has paused it: it is not tried again until a person resumes it. */
  readonly nextTry: string | undefined
}

/** One customer of the fleet: a workspace that is delivered to one destination. */
export interface Tenant {
  /** The id of the pipeline of the same name in the state. */
  readonly pipelineId: number
  readonly name: string
  readonly workspace: string
  /** A name under `destinations` of the fleet's file. */
  readonly destination: string
  /** Where its token is: `file:/run/secrets/acme`, `env:ACME_TOKEN` or `exec:vault kv get …`. Never the token. */
  readonly tokenRef: string
  readonly pollSeconds: number
  readonly state: 'active' | 'paused' | 'removed'
  readonly paused?: TenantPause
}

/** A row of `selectTenants`. */
export interface TenantRow {
  readonly pipeline_id: number
  readonly name: string
  readonly workspace: string
  readonly destination: string
  readonly token_ref: string
  readonly poll_seconds: number
  readonly state: Tenant['state']
  readonly paused_code: string | null
  readonly paused_message: string | null
  readonly paused_at: Date | null
  readonly next_try: Date | null
}

/** Ends before `where`. */
export const selectTenants: string = `select t.pipeline_id, p.name, t.workspace, t.destination, t.token_ref, t.poll_seconds, t.state,
    t.paused_code, t.paused_message, t.paused_at, t.next_try
  from asana_audit.tenant t join asana_audit.pipeline p on p.id = t.pipeline_id`

export function tenantOf(row: TenantRow): Tenant {
  const { paused_code: code, paused_message: message, paused_at: at, next_try: next } = row
  return {
    pipelineId: row.pipeline_id,
    name: row.name,
    workspace: row.workspace,
    destination: row.destination,
    tokenRef: row.token_ref,
    pollSeconds: row.poll_seconds,
    state: row.state,
    ...(code !== null &&
      message !== null &&
      at !== null && {
        paused: { code, message, since: at.toISOString(), nextTry: next?.toISOString() },
      }),
  }
}
