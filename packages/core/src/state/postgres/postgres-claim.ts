import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Claim, Commit, Lane } from '../../contract.ts'
import { filtersChanged, superseded } from '../state-faults.ts'
import { type PostgresClient, rowsOf } from './connection/postgres-client.ts'
import { commitLanes, loadLanes } from './lane-commits.ts'
import { dropLane, reopenHours, rewindLanes, startPipeline } from './pipeline-rows.ts'
import { forgetPipeline } from './postgres-forget.ts'
import { readDeliveredBefore } from './tables/postgres-delivered-before.ts'
import { knownIds } from './tables/postgres-known.ts'
import type { LaneKey } from './weighed-commit.ts'

export interface ClaimOptions {
  readonly pipeline: string
  readonly pipelineId: number
  /** A new name for this claim alone. */
  readonly token: string
  readonly rememberMs: number
  /** Runs work in a transaction. */
  readonly change: <T>(work: (client: PostgresClient) => Promise<T>) => Promise<T>
  /** Runs queries. */
  readonly use: <T>(work: (client: PostgresClient) => Promise<T>) => Promise<T>
  /** Gives the lock back. */
  readonly unlock: () => Promise<void>
}

/**
 * Writes the token of a new claim, for which the caller holds the lock. From then on everything that an earlier claim tries is refused, also
 * by a process that stood still meanwhile.
 */
export async function postgresClaim(options: ClaimOptions): Promise<Claim> {
  const { pipeline, pipelineId, token, rememberMs, change, use, unlock } = options
  await change((client) => writeToken(client, pipelineId, token))
  /** The version of each lane, as it was loaded or as our last change left it. */
  const versions = new Map<string, bigint>()
  let isReleased = false

  /** Nobody else can claim the pipeline until the transaction has ended. */
  const changeClaimed = <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> =>
    change(async (client) => {
      await requireClaim(client, { pipeline, pipelineId, token })
      return work(client)
    })

  const release = async (): Promise<void> => {
    if (isReleased) return
    isReleased = true
    await unlock()
  }

  function laneOf(name: string, fingerprint: string): Lane {
    const key: LaneKey = { pipelineId, name }
    let last: { readonly commit: Commit; readonly attempt: string } | undefined
    return {
      load: async () => (await use((client) => loadLanes(client, [key])))[0]?.cursor,
      async acceptance() {
        const [lane] = await use((client) => loadLanes(client, [key]))
        if (!lane) throw new Error('A lane was loaded and is not there.')
        return lane.acceptance
      },
      known: (ids) => use((client) => knownIds(client, pipelineId, ids)),
      deliveredBefore: () => use((client) => readDeliveredBefore(client, pipelineId)),
      async commit(commit) {
        const version = versions.get(name)
        if (version === undefined) throw new Error(`The lane ${name} was not opened.`)
        // The same commit may be tried again because its answer was lost. Then it must not look like a commit of another process.
        if (last?.commit !== commit) last = { commit, attempt: randomUUID() }
        const given = { ...key, fingerprint, version, commit, owner: holder, attempt: last.attempt }
        const refused = await changeClaimed((client) => commitLanes(client, [given], { rememberMs }))
        if (refused.size > 0) throw superseded(pipeline)
        versions.set(name, version + 1n)
      },
    }
  }

  const rewindAll: Claim['rewindAll'] = async (cursors, from) => {
    const moved = await changeClaimed((client) => rewindLanes(client, pipelineId, cursors, from))
    for (const [name, version] of moved) versions.set(name, version)
  }

  return {
    async lane(name, fingerprint) {
      const [lane] = await changeClaimed((client) => loadLanes(client, [{ pipelineId, name }]))
      if (!lane) throw new Error('A lane was loaded and is not there.')
      if (lane.fingerprint !== undefined && lane.fingerprint !== fingerprint) throw filtersChanged(pipeline)
      versions.set(name, lane.version)
      return laneOf(name, fingerprint)
    },
    start: (from) => changeClaimed((client) => startPipeline(client, pipelineId, from)),
    rewind: (name, cursor, from) => rewindAll(new Map([[name, cursor]]), from),
    rewindAll,
    reopen: (from, until) => changeClaimed((client) => reopenHours(client, pipelineId, { from, until })),
    async drop(name) {
      versions.set(name, await changeClaimed((client) => dropLane(client, { pipelineId, name })))
    },
    async forget() {
      await changeClaimed((client) => forgetPipeline(client, { pipeline, pipelineId }))
      await release()
    },
    release,
    [Symbol.asyncDispose]: release,
  }
}

/** Throws a fatal `superseded` if another process has the claim by now. Otherwise none takes it over before the transaction has ended. */
export async function requireClaim(
  client: PostgresClient,
  { pipeline, pipelineId, token }: Pick<ClaimOptions, 'pipeline' | 'pipelineId' | 'token'>,
): Promise<void> {
  const own = await rowsOf(
    client,
    'select from asana_audit.claim where pipeline_id = $1 and token = $2 for share',
    [pipelineId, token],
  )
  if (own.length === 0) throw superseded(pipeline)
}

/** Names this process to the person who looks for it. */
const holder = `process ${process.pid} on ${hostname()}`

async function writeToken(client: PostgresClient, pipelineId: number, token: string): Promise<void> {
  await client.query(
    `insert into asana_audit.claim (pipeline_id, token, holder) values ($1, $2, $3)
     on conflict (pipeline_id) do update set token = excluded.token, holder = excluded.holder, claimed_at = now()`,
    [pipelineId, token, holder],
  )
}
