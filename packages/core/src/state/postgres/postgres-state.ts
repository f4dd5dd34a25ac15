import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../clock.ts'
import type { Claim } from '../../contract.ts'
import { fault, isFault } from '../../fault.ts'
import { retry } from '../../retry.ts'
import type { DurableState, StandbyOptions } from '../durable-state.ts'
import type { MemoryStateOptions } from '../memory/memory-state.ts'
import { alreadyRunning, stateClosed } from '../state-faults.ts'
import { claimSession } from './claim-session.ts'
import { type OwnPool, ownPool, type PostgresPassword } from './connection/own-pool.ts'
import { postgresAddress } from './connection/postgres-address.ts'
import {
  inTransaction,
  type PostgresClient,
  type PostgresPool,
  rowsOf,
  withClient,
} from './connection/postgres-client.ts'
import { guarded } from './connection/postgres-faults.ts'
import { laneSummaries } from './lane-summaries.ts'
import { pipelineIdOf } from './pipeline-rows.ts'
import { postgresClaim, requireClaim } from './postgres-claim.ts'
import { exportState, importState } from './postgres-transfer.ts'
import { pipelineSummaries } from './tables/postgres-asked.ts'
import { readLedger } from './tables/postgres-ledger.ts'
import { readNotes, readNotesOf, writeNotes } from './tables/postgres-note.ts'
import { countQuarantine, discharge, readQuarantine } from './tables/postgres-quarantine.ts'
import { lockClass, prepareState } from './tables/postgres-schema.ts'

export { type OwnPool, ownPool, type PostgresPassword } from './connection/own-pool.ts'
export { type PostgresAddress, postgresAddress } from './connection/postgres-address.ts'
export type { LentClient, PostgresClient, PostgresPool } from './connection/postgres-client.ts'
export { postgresFault } from './connection/postgres-faults.ts'
export { requireOwnSession } from './connection/require-own-session.ts'
export { commitLanes, type LoadedLane, loadLanes } from './lane-commits.ts'
export { dropLane, pipelineIdOf, reopenHours, rewindLane, startPipeline } from './pipeline-rows.ts'
export { readDeliveredBefore } from './tables/postgres-delivered-before.ts'
export { knownIds } from './tables/postgres-known.ts'
export { migrateState } from './tables/postgres-schema.ts'
export type { LaneCommit, LaneKey } from './weighed-commit.ts'

/** A state that several machines share, so that one may stand by for another. */
export type PostgresState = DurableState & Required<Pick<DurableState, 'standby'>>

export interface PostgresStateOptions extends MemoryStateOptions {
  /**
   * The database: `postgres://user@host:5432/database?sslmode=verify-full`. Its schema is `asana_audit`.
   *
   * The modes of TLS are libpq's, and so is the default, `prefer`, which does not check the server. `sslrootcert`, `sslcert` and `sslkey` name PEM
   * files. Left out: give `pool`.
   */
  readonly url?: string | undefined
  /** The password, or a function that gets it for each new connection; else that of the address. */
  readonly password?: PostgresPassword | undefined
  /** Instead of `url`: a `Pool` of `pg` with at least two connections, which the caller ends. A claim keeps one of them. */
  readonly pool?: PostgresPool | undefined
  /**
   * Make the tables if there are none, and bring older ones up to date.
   * @default true
   */
  readonly migrate?: boolean | undefined
  /**
   * Reject with `no_state` where there are no tables, instead of making them: for programs that only look.
   * @default false
   */
  readonly mustExist?: boolean | undefined
  /** `now`, `sleep` and `random`, for tests. */
  readonly clock?: Clock | undefined
}

/** How often a standby asks whether it may take over. */
const standbyMs = 2_000

/**
 * A state in PostgreSQL 14 or newer, which several machines share: one runner a pipeline, others stand by. A commit that has resolved is as durable as
 * the server makes it. It is made only over the version that was loaded. Loads the package `pg`, unless it gets a pool.
 */
export async function postgresState(options: PostgresStateOptions): Promise<PostgresState> {
  const { rememberMs = 7_200_000, migrate = true, mustExist = false, clock = systemClock } = options
  const { pool, place, end } = await opened(options)
  try {
    await guarded(place, () =>
      withClient(pool, (client) => prepareState(client, { create: migrate && !mustExist, migrate })),
    )
  } catch (error) {
    await end()
    throw error
  }
  const session = claimSession(pool, clock)
  /** Pipelines that are claimed here: a session gets a lock that it has once more. */
  const claimed = new Set<number>()
  /** The token of each claim that was made here and not released. */
  const tokens = new Map<number, string>()
  let isClosed = false

  const open = <T>(work: () => Promise<T>): Promise<T> =>
    guarded(place, async () => {
      if (isClosed) throw stateClosed(place)
      return work()
    })
  const use = <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> =>
    open(() => withClient(pool, work))
  const change = <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> =>
    open(() => inTransaction(pool, work))

  /** A function that gives the lock back; undefined if somebody has it. */
  async function lockOf(pipelineId: number): Promise<(() => Promise<void>) | undefined> {
    if (claimed.has(pipelineId)) return undefined
    claimed.add(pipelineId)
    let isOurs = false
    try {
      isOurs = await open(() => session.take(pipelineId))
    } finally {
      if (!isOurs) claimed.delete(pipelineId)
    }
    if (!isOurs) return undefined
    return async () => {
      await session.release(pipelineId)
      claimed.delete(pipelineId)
    }
  }

  async function claim(pipeline: string): Promise<Claim> {
    const pipelineId = await use((client) => pipelineIdOf(client, pipeline))
    const unlock = await lockOf(pipelineId)
    if (!unlock) throw alreadyRunning(pipeline, await use((client) => holderOf(client, pipelineId)))
    const token = randomUUID()
    const giveBack = async (): Promise<void> => {
      tokens.delete(pipelineId)
      await unlock()
    }
    try {
      const own = await postgresClaim({
        ...{ pipeline, pipelineId, token, rememberMs, change, use },
        unlock: giveBack,
      })
      tokens.set(pipelineId, token)
      return own
    } catch (error) {
      await unlock()
      throw error
    }
  }

  /** Whoever has claimed the pipeline here saves no notes of it after another process has taken it over. */
  const keepNotes = (pipeline: string, notes: ReadonlyMap<string, string | undefined>): Promise<void> =>
    change(async (client) => {
      const pipelineId = await pipelineIdOf(client, pipeline)
      const token = tokens.get(pipelineId)
      if (token !== undefined) await requireClaim(client, { pipeline, pipelineId, token })
      await writeNotes(client, pipelineId, notes)
    })

  async function standby(pipeline: string, { signal, onFact }: StandbyOptions = {}): Promise<Claim> {
    const waiting = { part: 'state', signal, onFact, clock } as const
    for (;;) {
      const own = await retry(() => claim(pipeline).catch(ifFree), waiting)
      if (own) return own
      await clock.sleep(standbyMs, signal)
    }
  }

  const close = async (): Promise<void> => {
    if (isClosed) return
    // From here on nothing is begun. A commit under way holds the row of its claim, so whoever takes over waits for it.
    isClosed = true
    await session.close()
    await end()
  }
  return {
    claim,
    standby,
    isRunning: (pipeline) => use((client) => isLocked(client, pipeline)),
    lanes: () => use(laneSummaries),
    pipelines: () => use(pipelineSummaries),
    quarantine: (pipeline) => readQuarantine(use, pipeline),
    quarantineCounts: () => use(countQuarantine),
    ledger: (pipeline, from, until) => use((client) => readLedger(client, pipeline, from, until)),
    discharge: (numbers) => change((client) => discharge(client, numbers)),
    export: () => exportState(pool, place),
    import: (lines) => importState(lines, { lockOf, change }),
    notes: (name) => use((client) => readNotes(client, name)),
    note: (pipeline, name, text) => keepNotes(pipeline, new Map([[name, text]])),
    notesOf: (pipeline) => use((client) => readNotesOf(client, pipeline)),
    keepNotes,
    probe: () => change(probeWrite),
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Opened {
  readonly pool: PostgresPool
  /** The address as messages have it. */
  readonly place: string
  readonly end: () => Promise<void>
}

/** A pool that the caller gave, or one of our own. */
async function opened({ url, password, pool }: PostgresStateOptions): Promise<Opened> {
  if (pool !== undefined && url !== undefined) throw badOption('Give either url or pool.')
  if (pool !== undefined) {
    const most = (pool as { readonly options?: { readonly max?: number } }).options?.max
    if (most !== undefined && most < 2)
      throw badOption('The pool must allow two connections or more (max): a claim keeps one of them.')
    return { pool, place: 'in PostgreSQL', end: async () => {} }
  }
  if (url === undefined) throw badOption('Give url, such as postgres://user@host/database, or pool.')
  const address = postgresAddress(url)
  const own: OwnPool = await guarded(address.shown, () => ownPool(address, password))
  return { pool: own, place: address.shown, end: own.close }
}

function badOption(what: string): Error {
  const message = `The options of postgresState cannot be used. ${what}`
  return fault({ fault: 'fatal', code: 'bad_option', message })
}

/** Undefined for a claim that somebody else has. */
function ifFree(error: unknown): undefined {
  if (!isFault(error) || error.code !== 'already_running') throw error
  return undefined
}

async function holderOf(client: PostgresClient, pipelineId: number): Promise<string | undefined> {
  const [row] = await rowsOf<{ holder: string }>(
    client,
    'select holder from asana_audit.claim where pipeline_id = $1',
    [pipelineId],
  )
  return row?.holder
}

async function isLocked(client: PostgresClient, pipeline: string): Promise<boolean> {
  const [row] = await rowsOf<{ locked: boolean }>(
    client,
    `select exists (
       select from pg_locks join asana_audit.pipeline on objid = id::oid
       where name = $1 and locktype = 'advisory' and classid = ${lockClass} and objsubid = 2 and granted
         and database = (select oid from pg_database where datname = current_database())) as locked`,
    [pipeline],
  )
  return row?.locked ?? false
}

/** A row that stays as it was: the transaction fails where a commit would. */
async function probeWrite(client: PostgresClient): Promise<void> {
  await client.query("update asana_audit.schema_version set version = version where part = 'state'")
}
