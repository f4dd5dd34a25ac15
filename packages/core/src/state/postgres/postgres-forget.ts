import { fault } from '../../fault.ts'
import type { PostgresClient } from './connection/postgres-client.ts'

/** The tables whose rows refer to a pipeline. If one is missing here, the last statement fails. */
const tables = ['lane', 'known', 'ledger', 'quarantine', 'asked', 'note', 'claim'] as const

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const foreignKeyViolation = '23503'

/** Deletes all of a pipeline, in the caller's transaction. Rejects with a fatal `pipeline_in_use` for a tenant of a fleet. */
export async function forgetPipeline(
  client: PostgresClient,
  { pipeline, pipelineId }: { readonly pipeline: string; readonly pipelineId: number },
): Promise<void> {
  for (const table of tables)
    await client.query(`delete from asana_audit.${table} where pipeline_id = $1`, [pipelineId])
  try {
    await client.query('delete from asana_audit.pipeline where id = $1', [pipelineId])
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== foreignKeyViolation) throw error
    const message = `The pipeline "${pipeline}" is a tenant of a fleet, or was one, so it cannot be forgotten. fleet tenant remove ends its delivery.`
    throw fault({ fault: 'fatal', code: 'pipeline_in_use', message, cause: error })
  }
}
