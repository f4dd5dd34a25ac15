import type { Acceptance, Cursor } from '../../contract.ts'
import { type PostgresClient, rowsOf } from './connection/postgres-client.ts'
import { storable, stored } from './connection/postgres-text.ts'
import { addKnown } from './tables/postgres-known.ts'
import { addToLedger, prune } from './tables/postgres-ledger.ts'
import {
  additions,
  countRejections,
  type LaneCommit,
  type LaneKey,
  setAside,
  type WeighedCommit,
  weigh,
} from './weighed-commit.ts'

/** Old ids are deleted once in this much event time, because the search reads all ids of the pipeline. */
const pruneEveryMs = 1_800_000

/** A lane as it is now. */
export interface LoadedLane extends LaneKey {
  /** Undefined before the first commit. */
  readonly cursor: Cursor | undefined
  /** Undefined before the first commit and after a rewind: then any filters may be used. */
  readonly fingerprint: string | undefined
  /** Goes up by one with every commit, rewind and drop. 0 if there is no row yet. */
  readonly version: bigint
  /** How long ago it was last saved, in milliseconds by the clock of the database. Undefined if there is no row yet. */
  readonly savedAgoMs: number | undefined
  /** What the destination of its pipeline has accepted and rejected. */
  readonly acceptance: Acceptance
}

/**
 * Reads many lanes at once, in the order of their keys. The query looks up each pipeline by its key, and `offset 0` keeps PostgreSQL from making
 * a join of it: with thousands of pipelines, a join would read all of them to find a few.
 */
export async function loadLanes(client: PostgresClient, keys: readonly LaneKey[]): Promise<LoadedLane[]> {
  const rows = await rowsOf<LoadedRow>(
    client,
    `select id, cursor, fingerprint, coalesce(version, 0)::text as version, rejected_since::text as "rejectedSince",
       extract(epoch from now() - committed_at)::float8 * 1000 as "savedAgoMs",
       (select coalesce(sum(delivered), 0) from asana_audit.lane all_of where all_of.pipeline_id = given.pipeline_id)::text as delivered
     from unnest($1::int[], $2::text[]) with ordinality as given (pipeline_id, name, place)
     left join lateral (
       select id, rejected_since from asana_audit.pipeline where id = given.pipeline_id offset 0) pipeline on true
     left join lateral (
       select * from asana_audit.lane where lane.pipeline_id = given.pipeline_id and lane.name = given.name offset 0) lane on true
     order by place`,
    [keys.map(({ pipelineId }) => pipelineId), keys.map(({ name }) => name)],
  )
  return keys.map((key, index) => {
    const row = rows[index]
    if (row?.id === undefined || row.id === null) throw new Error(`There is no pipeline ${key.pipelineId}.`)
    return {
      pipelineId: key.pipelineId,
      name: key.name,
      cursor: row.cursor === null ? undefined : stored(row.cursor),
      fingerprint: row.fingerprint ?? undefined,
      version: BigInt(row.version),
      savedAgoMs: row.savedAgoMs ?? undefined,
      acceptance: { delivered: Number(row.delivered), rejectedSince: Number(row.rejectedSince) },
    }
  })
}

interface LoadedRow {
  readonly id: number | null
  readonly cursor: string | null
  readonly fingerprint: string | null
  readonly version: string
  readonly savedAgoMs: number | null
  readonly rejectedSince: string
  readonly delivered: string
}

/**
 * Makes commits to many lanes, each named once, in the caller's transaction: a few queries for all of them together. A commit is made only over
 * the version it loaded. Gives back those that are refused because the version moved on; nothing of them is saved, and the others are made.
 * A lane that was committed has the version it loaded plus one.
 */
export async function commitLanes(
  client: PostgresClient,
  commits: readonly LaneCommit[],
  { rememberMs = 7_200_000 }: { readonly rememberMs?: number } = {},
): Promise<ReadonlySet<LaneCommit>> {
  const all = new Map(commits.map((one) => [nameOf(one), one]))
  if (all.size < commits.length) throw new Error('Two commits to one lane cannot be made at once.')
  if (all.size === 0) return new Set()
  const now = Date.now()
  // All transactions take lanes in this order. Otherwise two of them could wait for each other for ever.
  const inOrder = [...all.keys()].sort().flatMap((name) => all.get(name) ?? [])
  const weighed = inOrder.map((one) => weigh(one, one.rememberMs ?? rememberMs, now))
  const moved = await moveLanes(client, weighed)
  const missed = inOrder.filter((one) => !moved.has(nameOf(one)))
  const refused = new Set(missed.filter((one) => one.attempt === undefined))
  const uncertain = missed.filter((one) => one.attempt !== undefined)
  const made = uncertain.length > 0 ? await alreadyMade(client, uncertain) : new Set<string>()
  for (const one of uncertain) if (!made.has(nameOf(one))) refused.add(one)

  const accepted = weighed.filter(({ given }) => moved.has(nameOf(given)))
  await countRejections(client, accepted)
  const fresh = await addKnown(
    client,
    accepted.flatMap(({ met }) => met),
  )
  await addToLedger(client, additions(fresh))
  await setAside(client, accepted, new Set(fresh))
  await prune(
    client,
    accepted.flatMap(({ given: { pipelineId, name }, horizon }) => {
      const pruned = moved.get(nameOf({ pipelineId, name })) ?? 0
      return horizon > pruned + pruneEveryMs ? [{ pipelineId, name, horizon }] : []
    }),
  )
  return refused
}

function nameOf({ pipelineId, name }: LaneKey): string {
  return `${String(pipelineId).padStart(10, '0')} ${name}`
}

/** The lanes that moved, each with the time up to which its ids are pruned. */
async function moveLanes(
  client: PostgresClient,
  weighed: readonly WeighedCommit[],
): Promise<ReadonlyMap<string, number>> {
  const column = <T>(value: (one: WeighedCommit) => T): T[] => weighed.map(value)
  const rows = await rowsOf<LaneKey & { pruned: string }>(
    client,
    `insert into asana_audit.lane as lane (pipeline_id, name, fingerprint, cursor, version, delivered, quarantined, newest,
       read_by, owner, attempt)
     select pipeline_id, name, fingerprint, cursor, version + 1, delivered, quarantined, to_timestamp(newest / 1000.0),
       read_by, owner, attempt
     from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
       $9::text[], $10::text[], $11::text[]) as given (pipeline_id, name, fingerprint, cursor, version, delivered, quarantined,
       newest, read_by, owner, attempt)
     where version = 0 or exists (
       select from asana_audit.lane there where there.pipeline_id = given.pipeline_id and there.name = given.name)
     on conflict (pipeline_id, name) do update set
       fingerprint = excluded.fingerprint, cursor = excluded.cursor, version = excluded.version,
       delivered = lane.delivered + excluded.delivered, quarantined = lane.quarantined + excluded.quarantined,
       newest = greatest(lane.newest, excluded.newest), read_by = excluded.read_by, committed_at = now(),
       owner = excluded.owner, attempt = excluded.attempt
     where lane.version = excluded.version - 1
     returning pipeline_id as "pipelineId", name, pruned::text`,
    [
      column(({ given }) => given.pipelineId),
      column(({ given }) => given.name),
      column(({ given }) => given.fingerprint),
      column(({ given }) => storable(given.commit.cursor)),
      column(({ given }) => String(given.version)),
      column(({ given }) => given.commit.delivered.length),
      column(({ given }) => given.commit.quarantined.length),
      column(({ newest }) => newest),
      column(({ given }) => given.commit.readBy ?? null),
      column(({ given }) => given.owner ?? null),
      column(({ given }) => given.attempt ?? null),
    ],
  )
  return new Map(rows.map((row) => [nameOf(row), Number(row.pruned)]))
}

/** Of the commits that were not made now, returns those that an earlier attempt has made already. */
async function alreadyMade(
  client: PostgresClient,
  commits: readonly LaneCommit[],
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<LaneKey>(
    client,
    `select lane.pipeline_id as "pipelineId", lane.name from asana_audit.lane
     join unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) as given (pipeline_id, name, attempt, version)
       on lane.pipeline_id = given.pipeline_id and lane.name = given.name
     where lane.attempt = given.attempt and lane.version = given.version + 1`,
    [
      commits.map(({ pipelineId }) => pipelineId),
      commits.map(({ name }) => name),
      commits.map(({ attempt }) => attempt),
      commits.map(({ version }) => String(version)),
    ],
  )
  return new Set(rows.map(nameOf))
}
