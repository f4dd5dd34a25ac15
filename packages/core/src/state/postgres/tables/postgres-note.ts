import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'
import { storable, stored } from '../connection/postgres-text.ts'

/** The notes of one name, by pipeline. */
export async function readNotes(client: PostgresClient, name: string): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf<{ pipeline: string; text: string }>(
    client,
    `select pipeline.name as pipeline, text from asana_audit.note join asana_audit.pipeline on pipeline.id = pipeline_id
     where note.name = $1 order by pipeline.name`,
    [name],
  )
  return new Map(rows.map(({ pipeline, text }) => [pipeline, stored(text)]))
}

/** The notes of one pipeline, by name. */
export async function readNotesOf(
  client: PostgresClient,
  pipeline: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf<{ name: string; text: string }>(
    client,
    `select note.name, text from asana_audit.note join asana_audit.pipeline on pipeline.id = pipeline_id
     where pipeline.name = $1 order by note.name`,
    [pipeline],
  )
  return new Map(rows.map(({ name, text }) => [name, stored(text)]))
}

/** In a transaction. A note without a text is removed. */
export async function writeNotes(
  client: PostgresClient,
  pipelineId: number,
  notes: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  // All transactions take notes in this order: see `addKnown`.
  const inOrder = [...notes].sort(([one], [other]) => (one < other ? -1 : 1))
  const kept = inOrder.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]))
  const removed = inOrder.flatMap(([name, text]) => (text === undefined ? [name] : []))
  if (removed.length > 0) {
    await client.query('delete from asana_audit.note where pipeline_id = $1 and name = any($2::text[])', [
      pipelineId,
      removed,
    ])
  }
  await client.query(
    `insert into asana_audit.note (pipeline_id, name, text) select $1, * from unnest($2::text[], $3::text[])
     on conflict (pipeline_id, name) do update set text = excluded.text`,
    [pipelineId, kept.map(({ name }) => name), kept.map(({ text }) => storable(text))],
  )
}
