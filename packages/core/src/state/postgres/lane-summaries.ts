import type { LaneSummary } from '../../contract.ts'
import { type PostgresClient, rowsOf } from './connection/postgres-client.ts'
import { stored } from './connection/postgres-text.ts'
import { utc } from './tables/postgres-quarantine.ts'

interface SummaryRow extends Omit<LaneSummary, 'delivered' | 'quarantined' | 'newestAt' | 'readBy'> {
  readonly delivered: string
  readonly quarantined: string
  readonly newestAt: string | null
  readonly readBy: string | null
}

/** All lanes that have a position. */
export async function laneSummaries(client: PostgresClient): Promise<LaneSummary[]> {
  const rows = await rowsOf<SummaryRow>(
    client,
    `select pipeline.name as pipeline, lane.name as lane, cursor, delivered::text, quarantined::text, ${utc('newest')} as "newestAt",
       read_by as "readBy", ${utc('committed_at')} as "committedAt"
     from asana_audit.lane join asana_audit.pipeline on pipeline.id = pipeline_id
     where cursor is not null order by pipeline.name, lane.name`,
  )
  return rows.map(({ cursor, delivered, quarantined, newestAt, readBy, ...row }) => ({
    ...row,
    cursor: stored(cursor),
    delivered: Number(delivered),
    quarantined: Number(quarantined),
    newestAt: newestAt ?? undefined,
    readBy: readBy ?? undefined,
  }))
}
