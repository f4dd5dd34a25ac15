import type { Commit } from '@asana-audit/core'
import {
  commitLanes,
  knownIds,
  type LaneCommit,
  loadLanes,
  migrateState,
  pipelineIdOf,
  postgresState,
  rewindLane,
} from '@asana-audit/core/postgres-state'
import fc from 'fast-check'
import { Pool, type PoolClient } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { postgresOfFile, testWithPostgres as test } from '../../../../../test/support/postgres/suite.ts'

const at = Date.parse('2026-02-01T10:00:00Z')
const postgres = postgresOfFile()

interface Opened {
  readonly url: string
  readonly pool: Pool
  /** Runs work in a transaction. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Makes a pipeline. */
  pipeline(name: string): Promise<number>
}

async function opened(): Promise<Opened> {
  const url = await postgres().createDatabase()
  const pool = new Pool({ connectionString: url })
  onTestFinished(() => pool.end())
  const lend = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }
  await lend(migrateState)
  return {
    ...{ url, pool },
    transaction: (work) =>
      lend(async (client) => {
        await client.query('begin')
        const result = await work(client)
        await client.query('commit')
        return result
      }),
    pipeline: (name) => lend((client) => pipelineIdOf(client, name)),
  }
}

const commitOf = (cursor: string, ids: readonly string[] = []): Commit => ({
  cursor,
  delivered: ids.map((id) => ({ id, at })),
  quarantined: [],
})

test('commits of many lanes are made together, and only the one whose version moved on is refused', async () => {
  const { transaction, pipeline } = await opened()
  const ids = await Promise.all(['a', 'b', 'c'].map(pipeline))
  const keys = ids.map((pipelineId) => ({ pipelineId, name: 'live' }))
  const first = keys.map(
    (key): LaneCommit => ({ ...key, fingerprint: 'f', version: 0n, commit: commitOf('1', ['x']) }),
  )
  expect(await transaction((client) => commitLanes(client, first))).toEqual(new Set())
  const other = { ...keys[1]!, fingerprint: 'f', version: 1n, commit: commitOf('theirs') }
  await transaction((client) => commitLanes(client, [other]))
  const second = keys.map(
    (key): LaneCommit => ({ ...key, fingerprint: 'f', version: 1n, commit: commitOf('2', ['y']) }),
  )
  expect(await transaction((client) => commitLanes(client, second))).toEqual(new Set([second[1]]))
  const lanes = await transaction((client) => loadLanes(client, keys))
  for (const { savedAgoMs } of lanes) expect(savedAgoMs).toBeGreaterThanOrEqual(0)
  expect(lanes.map(({ cursor, version }) => [cursor, version])).toEqual([
    ['2', 2n],
    ['theirs', 2n],
    ['2', 2n],
  ])
  const known = await Promise.all(ids.map((id) => transaction((client) => knownIds(client, id, ['x', 'y']))))
  expect(known).toEqual([new Set(['x', 'y']), new Set(['x']), new Set(['x', 'y'])])
})

test('of two first commits to a lane one is refused, also when both are made at the same time', async () => {
  const { transaction, pipeline } = await opened()
  const pipelineId = await pipeline('a')
  const made = await Promise.all(
    ['1', '2', '3', '4'].map((cursor) =>
      transaction((client) =>
        commitLanes(client, [
          { pipelineId, name: 'live', fingerprint: 'f', version: 0n, commit: commitOf(cursor) },
        ]),
      ),
    ),
  )
  expect(made.filter((refused) => refused.size === 0)).toHaveLength(1)
})

test('a commit over a version that a lane had before it was dropped is refused', async () => {
  const { url, transaction, pipeline } = await opened()
  const pipelineId = await pipeline('a')
  const lane = { pipelineId, name: 'repair', fingerprint: 'f' }
  await transaction((client) => commitLanes(client, [{ ...lane, version: 0n, commit: commitOf('1') }]))
  const state = await postgresState({ url })
  onTestFinished(() => state.close())
  const claim = await state.claim('a')
  await claim.drop('repair')
  await (await claim.lane('repair', 'f')).commit(commitOf('again'))
  for (const version of [0n, 1n, 2n]) {
    const late = { ...lane, version, commit: commitOf('late', ['z']) }
    expect(await transaction((client) => commitLanes(client, [late]))).toEqual(new Set([late]))
  }
  expect(await transaction((client) => loadLanes(client, [lane]))).toMatchObject([
    { cursor: 'again', version: 3n },
  ])
})

test('a commit over the version before a rewind is refused', async () => {
  const { transaction, pipeline } = await opened()
  const lane = { pipelineId: await pipeline('a'), name: 'live', fingerprint: 'f' }
  await transaction((client) => commitLanes(client, [{ ...lane, version: 0n, commit: commitOf('1') }]))
  expect(await transaction((client) => rewindLane(client, lane, 'back', at))).toBe(2n)
  const late = { ...lane, version: 1n, commit: commitOf('2') }
  expect(await transaction((client) => commitLanes(client, [late]))).toEqual(new Set([late]))
  const next = { ...lane, fingerprint: 'g', version: 2n, commit: commitOf('3') }
  expect(await transaction((client) => commitLanes(client, [next]))).toEqual(new Set())
})

test('a commit that is made again under its name counts as made, and counts nothing twice', async () => {
  const { transaction, pipeline } = await opened()
  const lane = { pipelineId: await pipeline('a'), name: 'live', fingerprint: 'f' }
  const commit = { ...lane, version: 0n, attempt: 'one', commit: commitOf('1', ['x']) }
  await transaction((client) => commitLanes(client, [commit]))
  expect(await transaction((client) => commitLanes(client, [commit]))).toEqual(new Set())
  const [now] = await transaction((client) => loadLanes(client, [lane]))
  expect(now).toMatchObject({ version: 1n, acceptance: { delivered: 1 } })
  const other = { ...commit, attempt: 'two' }
  expect(await transaction((client) => commitLanes(client, [other]))).toEqual(new Set([other]))
})

test('ids are remembered for as long as their commit says, or as all that are made with it', async () => {
  const { transaction, pipeline } = await opened()
  const ids = await Promise.all(['a', 'b'].map(pipeline))
  const [hour, delivered] = [3_600_000, [{ id: 'new', at }]]
  const commit = { cursor: '1', delivered: [...delivered, { id: 'old', at: at - 5 * hour }], quarantined: [] }
  const commits = ids.map(
    (pipelineId, index): LaneCommit => ({
      ...{ pipelineId, name: 'live', fingerprint: 'f', version: 0n, commit },
      ...(index === 0 && { rememberMs: 6 * hour }),
    }),
  )
  await transaction((client) => commitLanes(client, commits, { rememberMs: hour }))
  const known = await Promise.all(
    ids.map((id) => transaction((client) => knownIds(client, id, ['new', 'old']))),
  )
  expect(known).toEqual([new Set(['new', 'old']), new Set(['new'])])
})

test('two lanes of one pipeline count an id that both bring once', async () => {
  const { url, transaction, pipeline } = await opened()
  const pipelineId = await pipeline('a')
  const both = ['live', 'backlog'].map(
    (name): LaneCommit => ({
      pipelineId,
      name,
      fingerprint: 'f',
      version: 0n,
      commit: commitOf('1', ['x', name]),
    }),
  )
  await transaction((client) => commitLanes(client, both))
  const state = await postgresState({ url })
  onTestFinished(() => state.close())
  expect(await state.ledger('a', at, at + 1)).toMatchObject([{ kind: 'delivered', count: 3 }])
})

test('two commits to one lane at once, and a pipeline that does not exist, are mistakes of the caller', async () => {
  const { transaction, pipeline } = await opened()
  const one = {
    pipelineId: await pipeline('a'),
    name: 'live',
    fingerprint: 'f',
    version: 0n,
    commit: commitOf('1'),
  }
  await expect(transaction((client) => commitLanes(client, [one, { ...one }]))).rejects.toThrow('one lane')
  await expect(
    transaction((client) => loadLanes(client, [{ pipelineId: 99, name: 'live' }])),
  ).rejects.toThrow('99')
})

test('the sum of hashes is that of the other states for any ids, over the end of 64 bits', async () => {
  const { url } = await opened()
  const state = await postgresState({ url })
  onTestFinished(() => state.close())
  const { memoryState } = await import('@asana-audit/core')
  let number = 0
  const ids = fc.uniqueArray(fc.string({ maxLength: 20, unit: 'binary' }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 4 }), async (commits) => {
      const sums: unknown[] = []
      number += 1
      for (const one of [state, memoryState()]) {
        const claim = await one.claim(`pipeline ${number}`)
        const lane = await claim.lane('live', 'f')
        for (const some of commits) {
          await lane.commit({ cursor: 'c', delivered: some.map((id) => ({ id, at })), quarantined: [] })
        }
        expect(await lane.known(commits.flat())).toEqual(new Set(commits.flat()))
        sums.push(await one.ledger(`pipeline ${number}`, at, at + 1))
        await claim.release()
      }
      expect(sums[0]).toEqual(sums[1])
    }),
    { numRuns: 25 },
  )
})
