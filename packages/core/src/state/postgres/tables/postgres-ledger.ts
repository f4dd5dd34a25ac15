import { dayMs } from '../../../duration.ts'
import type { LedgerHour, LedgerKind } from '../../../ledger-hour.ts'
import { contentRange } from '../../content-hash.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'

/** Asana keeps events for 90 days; nothing older can be compared. */
const keptMs = 91 * dayMs

/** What is added to an hour of a pipeline. */
export interface LedgerAddition extends LedgerHour {
  readonly pipelineId: number
}

/** Adds to the totals of hours. The list must name each hour only once. In a transaction. */
export async function addToLedger(
  client: PostgresClient,
  additions: readonly LedgerAddition[],
): Promise<void> {
  if (additions.length === 0) return
  // All transactions take hours in this order: see `addKnown`.
  const inOrder = [...additions].sort(
    (a, b) => a.pipelineId - b.pipelineId || a.hour - b.hour || (a.kind < b.kind ? -1 : 1),
  )
  await client.query(
    `insert into asana_audit.ledger as ledger (pipeline_id, hour, kind, count, checksum, content, content_form)
     select * from unnest($1::int[], $2::bigint[], $3::text[], $4::bigint[], $5::numeric[], $6::bigint[], $7::text[])
     on conflict (pipeline_id, hour, kind) do update set count = ledger.count + excluded.count,
       checksum = mod(ledger.checksum + excluded.checksum, ${2n ** 64n}),
       content = case when ledger.count = 0 then excluded.content
         when ledger.content_form = excluded.content_form then mod(ledger.content + excluded.content, ${contentRange}) end,
       content_form = case when ledger.count = 0 or ledger.content_form = excluded.content_form then excluded.content_form end`,
    [
      inOrder.map(({ pipelineId }) => pipelineId),
      inOrder.map(({ hour }) => hour),
      inOrder.map(({ kind }) => kind),
      inOrder.map(({ count }) => count),
      inOrder.map(({ checksum }) => unsigned(checksum)),
      inOrder.map(({ content }) => content?.sum ?? null),
      inOrder.map(({ content }) => content?.form ?? null),
    ],
  )
}

/** A sum of hashes as the table has it, without a sign: PostgreSQL has no integers that wrap at 64 bits, so the query takes the remainder. */
export function unsigned(checksum: bigint): string {
  return String(BigInt.asUintN(64, checksum))
}

/** A sum of hashes as the rest of the program has it, with a sign. */
export function signed(checksum: string): bigint {
  return BigInt.asIntN(64, BigInt(checksum))
}

export async function readLedger(
  client: PostgresClient,
  pipeline: string,
  from: number,
  until: number,
): Promise<LedgerHour[]> {
  const rows = await rowsOf<LedgerRow>(
    client,
    `select hour::text, kind, count::text, checksum::text, content::text, content_form as "contentForm" from asana_audit.ledger
     join asana_audit.pipeline on pipeline.id = pipeline_id
     where name = $1 and hour >= $2 and hour < $3 order by ledger.hour, kind`,
    [pipeline, from, until],
  )
  return rows.map(({ hour, kind, count, checksum, content, contentForm: form }) => ({
    hour: Number(hour),
    kind,
    count: Number(count),
    checksum: signed(checksum),
    content: content === null || form === null ? undefined : { sum: Number(content), form },
  }))
}

interface LedgerRow {
  readonly hour: string
  readonly kind: LedgerKind
  readonly count: string
  readonly checksum: string
  readonly content: string | null
  readonly contentForm: string | null
}

/** Empties `[from, until)` of the ledger and forgets its ids, so that what comes again is counted. In a transaction. */
export async function emptyLedger(
  client: PostgresClient,
  pipelineId: number,
  from: number,
  until: number,
): Promise<void> {
  const span = [pipelineId, from, until]
  await client.query(
    'delete from asana_audit.ledger where pipeline_id = $1 and hour >= $2 and hour < $3',
    span,
  )
  await client.query('delete from asana_audit.known where pipeline_id = $1 and at >= $2 and at < $3', span)
}

/** What a lane no longer needs: ids from before `horizon`, in milliseconds since 1970. */
export interface Prune {
  readonly pipelineId: number
  readonly name: string
  readonly horizon: number
}

/**
 * Forgets old ids, but only those of these lanes and of dropped lanes: another lane may still be reading a much earlier time. Deletes also the
 * counts of hours that nobody can compare any more. In a transaction.
 */
export async function prune(client: PostgresClient, prunes: readonly Prune[]): Promise<void> {
  if (prunes.length === 0) return
  await client.query(
    `with given as (select * from unnest($1::int[], $2::text[], $3::bigint[]) as given (pipeline_id, name, horizon)),
     forgotten as (
       delete from asana_audit.known using given where known.pipeline_id = given.pipeline_id and at < horizon
         and (lane = given.name or not exists (
           select from asana_audit.lane where lane.pipeline_id = known.pipeline_id and lane.name = known.lane and cursor is not null))),
     emptied as (
       delete from asana_audit.ledger using given where ledger.pipeline_id = given.pipeline_id and hour < horizon - ${keptMs})
     update asana_audit.lane set pruned = horizon from given
     where lane.pipeline_id = given.pipeline_id and lane.name = given.name`,
    [
      prunes.map(({ pipelineId }) => pipelineId),
      prunes.map(({ name }) => name),
      prunes.map(({ horizon }) => horizon),
    ],
  )
}
