import { knownIdKey } from '../../known-id.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'
import { storable } from '../connection/postgres-text.ts'

/** An id that a commit brings, and where it belongs. */
export interface MetId {
  readonly pipelineId: number
  readonly lane: string
  readonly id: string
  /** When its event happened, in milliseconds since 1970. */
  readonly at: number
  /** Ids of events from before this time are not stored: a prune would only delete them again. */
  readonly horizon: number
}

/** Which of `ids` a pipeline knows. */
export async function knownIds(
  client: PostgresClient,
  pipelineId: number,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ id: string }>(
    client,
    'select id from asana_audit.known where pipeline_id = $1 and id = any($2::text[])',
    [pipelineId, ids.map(keyOf)],
  )
  const found = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => found.has(keyOf(id))))
}

/** Remembers ids and returns those that their pipelines did not know. If several have the same id, it takes the first. In a transaction. */
export async function addKnown<M extends MetId>(
  client: PostgresClient,
  met: readonly M[],
): Promise<readonly M[]> {
  const first = new Map<string, M>()
  for (const one of met) {
    const name = nameOf(one.pipelineId, keyOf(one.id))
    if (!first.has(name)) first.set(name, one)
  }
  // All transactions add ids in this order. Otherwise two of them could wait for each other for ever.
  const inOrder = [...first.keys()].sort()
  const all = inOrder.flatMap((name) => first.get(name) ?? [])
  const old = all.filter(({ at, horizon }) => at < horizon)
  const recent = all.filter(({ at, horizon }) => at >= horizon)
  const known = new Set(old.length > 0 ? await among(client, old) : [])
  const added = recent.length > 0 ? await insert(client, recent) : []
  const isNew = new Set([...old.map(nameOfMet).filter((name) => !known.has(name)), ...added])
  return [...first].flatMap(([name, one]) => (isNew.has(name) ? [one] : []))
}

async function among(client: PostgresClient, met: readonly MetId[]): Promise<string[]> {
  const rows = await rowsOf<Row>(
    client,
    `select known.pipeline_id as "pipelineId", known.id from asana_audit.known
     join unnest($1::int[], $2::text[]) as given (pipeline_id, id) using (pipeline_id, id)`,
    [met.map(({ pipelineId }) => pipelineId), met.map(({ id }) => keyOf(id))],
  )
  return rows.map(({ pipelineId, id }) => nameOf(pipelineId, id))
}

async function insert(client: PostgresClient, met: readonly MetId[]): Promise<string[]> {
  const rows = await rowsOf<Row>(
    client,
    `insert into asana_audit.known (pipeline_id, id, at, lane)
     select * from unnest($1::int[], $2::text[], $3::bigint[], $4::text[])
     on conflict do nothing returning pipeline_id as "pipelineId", id`,
    [
      met.map(({ pipelineId }) => pipelineId),
      met.map(({ id }) => keyOf(id)),
      met.map(({ at }) => at),
      met.map(({ lane }) => lane),
    ],
  )
  return rows.map(({ pipelineId, id }) => nameOf(pipelineId, id))
}

interface Row {
  readonly pipelineId: number
  readonly id: string
}

function keyOf(id: string): string {
  return storable(String(knownIdKey(id)))
}

function nameOf(pipelineId: number, key: string): string {
  return `${pipelineId} ${key}`
}

function nameOfMet({ pipelineId, id }: MetId): string {
  return nameOf(pipelineId, keyOf(id))
}
