import type { Cursor } from '../../contract.ts'
import type { HourSpan } from '../../ledger-hour.ts'
import { openEnd } from '../hour-spans.ts'
import { type PostgresClient, rowsOf } from './connection/postgres-client.ts'
import { storable } from './connection/postgres-text.ts'
import { askFor, askFrom } from './tables/postgres-asked.ts'
import { noteReopened } from './tables/postgres-delivered-before.ts'
import { emptyLedger } from './tables/postgres-ledger.ts'
import { uncount } from './tables/postgres-quarantine.ts'
import type { LaneKey } from './weighed-commit.ts'

/** The id of a pipeline, which is made if missing. */
export async function pipelineIdOf(client: PostgresClient, name: string): Promise<number> {
  // Looked up first: an insert that does nothing would use up a number each time.
  const find = 'select id from asana_audit.pipeline where name = $1'
  const [found] = await rowsOf<{ id: number }>(client, find, [name])
  if (found) return found.id
  await client.query('insert into asana_audit.pipeline (name) values ($1) on conflict do nothing', [name])
  const [made] = await rowsOf<{ id: number }>(client, find, [name])
  if (!made) throw new Error('A pipeline that was just made is not there.')
  return made.id
}

/** What `Claim.start` does, in the caller's transaction. `from` in milliseconds since 1970. */
export async function startPipeline(client: PostgresClient, pipelineId: number, from: number): Promise<void> {
  await askFrom(client, pipelineId, from)
  await noteReopened(client, pipelineId, { from, until: openEnd })
  await emptyLedger(client, pipelineId, from, openEnd)
  await uncount(client, pipelineId, { from, until: openEnd })
}

/** What `Claim.reopen` does, in the caller's transaction. */
export async function reopenHours(
  client: PostgresClient,
  pipelineId: number,
  { from, until }: HourSpan,
): Promise<void> {
  await askFor(client, pipelineId, { from, until })
  await noteReopened(client, pipelineId, { from, until })
  await emptyLedger(client, pipelineId, from, until)
  await uncount(client, pipelineId, { from, until })
}

/** What `Claim.rewind` does, in the caller's transaction. Gives back the new version of the lane: commits over an earlier one are refused. */
export async function rewindLane(
  client: PostgresClient,
  lane: LaneKey,
  cursor: Cursor,
  from: number,
): Promise<bigint> {
  const version = await moveBack(client, lane, cursor)
  await reopenHours(client, lane.pipelineId, { from, until: openEnd })
  return version
}

/** What `Claim.rewindAll` does, in the caller's transaction. Gives back the new versions of the lanes. */
export async function rewindLanes(
  client: PostgresClient,
  pipelineId: number,
  cursors: ReadonlyMap<string, Cursor | undefined>,
  from: number,
): Promise<ReadonlyMap<string, bigint>> {
  const versions = new Map<string, bigint>()
  // All transactions take lanes in this order. Otherwise two of them could wait for each other for ever.
  for (const name of [...cursors.keys()].sort()) {
    const cursor = cursors.get(name)
    const lane = { pipelineId, name }
    versions.set(
      name,
      cursor === undefined ? await dropLane(client, lane) : await moveBack(client, lane, cursor),
    )
  }
  await reopenHours(client, pipelineId, { from, until: openEnd })
  return versions
}

async function moveBack(
  client: PostgresClient,
  { pipelineId, name }: LaneKey,
  cursor: Cursor,
): Promise<bigint> {
  const [row] = await rowsOf<{ version: string }>(
    client,
    `insert into asana_audit.lane as lane (pipeline_id, name, cursor, version) values ($1, $2, $3, 1)
     on conflict (pipeline_id, name) do update set cursor = excluded.cursor, version = lane.version + 1, fingerprint = null,
       read_by = null, committed_at = now(), owner = null, attempt = null, pruned = 0
     returning version::text`,
    [pipelineId, name, storable(cursor)],
  )
  if (!row) throw new Error('A lane that was just rewound is not there.')
  return BigInt(row.version)
}

/** What `Claim.drop` does, in the caller's transaction. Gives back the version of the lane, 0 if it never had a row. */
export async function dropLane(client: PostgresClient, { pipelineId, name }: LaneKey): Promise<bigint> {
  const [row] = await rowsOf<{ version: string }>(
    client,
    `update asana_audit.lane set cursor = null, version = version + 1, fingerprint = null, delivered = 0, quarantined = 0,
       newest = null, read_by = null, committed_at = now(), owner = null, attempt = null, pruned = 0
     where pipeline_id = $1 and name = $2 returning version::text`,
    [pipelineId, name],
  )
  return BigInt(row?.version ?? 0)
}
