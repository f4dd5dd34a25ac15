import type { HourSpan, TimeSpan } from '../../../ledger-hour.ts'
import { deliveredBeforeIn, deliveredBeforeNote, withReopened } from '../../delivered-before.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'
import { stored } from '../connection/postgres-text.ts'
import { writeNotes } from './postgres-note.ts'

/** In a transaction that has locked the pipeline, before the ledger of these hours is emptied. */
export async function noteReopened(
  client: PostgresClient,
  pipelineId: number,
  { from, until }: HourSpan,
): Promise<void> {
  const rows = await rowsOf<{ hour: string; newest: string | null }>(
    client,
    `select hour::text, (select round(extract(epoch from max(newest)) * 1000)::text from asana_audit.lane where pipeline_id = $1) as newest
     from asana_audit.ledger where pipeline_id = $1 and kind = 'delivered' and count > 0 and hour >= $2 and hour < $3 order by hour`,
    [pipelineId, from, until],
  )
  const [first] = rows
  if (first === undefined) return
  const newest = first.newest === null ? undefined : Number(first.newest)
  const before = await readDeliveredBefore(client, pipelineId)
  const spans = withReopened(before, { hours: rows.map(({ hour }) => Number(hour)), newest })
  await writeNotes(client, pipelineId, new Map([[deliveredBeforeNote, JSON.stringify(spans)]]))
}

/** What `Lane.deliveredBefore` gives. */
export async function readDeliveredBefore(client: PostgresClient, pipelineId: number): Promise<TimeSpan[]> {
  const [row] = await rowsOf<{ text: string }>(
    client,
    'select text from asana_audit.note where pipeline_id = $1 and name = $2',
    [pipelineId, deliveredBeforeNote],
  )
  return deliveredBeforeIn(row && stored(row.text))
}
