import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type PostgresState, postgresState } from '@asana-audit/core/postgres-state'
import { expect, onTestFinished, vi } from 'vitest'
import { lineTo } from '../../../../../test/support/postgres/line.ts'
import { startPgbouncer, testWithPgbouncer } from '../../../../../test/support/postgres/pgbouncer.ts'
import { postgresOfFile, testWithPostgres as test } from '../../../../../test/support/postgres/suite.ts'

const postgres = postgresOfFile()

async function opened(url: string): Promise<PostgresState> {
  const state = await postgresState({ url })
  onTestFinished(() => state.close())
  return state
}

interface Runner {
  readonly child: ChildProcess
  /** The next line it says. */
  said(): Promise<string | undefined>
  /** Lets it commit a cursor, and gives what came of it. */
  commit(cursor: string): Promise<string | undefined>
}

function startRunner(url: string): Runner {
  const program = fileURLToPath(new URL('../../support/claiming-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', program, url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async (): Promise<string | undefined> => (await lines.next()).value as string | undefined
  return {
    ...{ child, said },
    commit(cursor) {
      child.stdin.write(`${cursor}\n`)
      return said()
    },
  }
}

test('a standby takes over from a process that was killed, where it was', async () => {
  const url = await postgres().createDatabase()
  const [first, state] = [startRunner(url), await opened(url)]
  expect(await first.said()).toBe('claimed')
  expect(await first.commit('a')).toBe('saved')
  const waiting = state.standby('main')
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const lane = await (await waiting).lane('live', 'f')
  expect(await lane.load()).toBe('a')
  await lane.commit({ cursor: 'b', delivered: [], quarantined: [] })
})

test('a standby takes over from a process that stands still, whose commits are refused when it goes on', async () => {
  const url = await postgres().createDatabase()
  const [first, state] = [startRunner(url), await opened(url)]
  expect(await first.said()).toBe('claimed')
  expect(await first.commit('a')).toBe('saved')
  first.child.kill('SIGSTOP')
  const lane = await (await state.standby('main')).lane('live', 'f')
  const late = first.commit('late')
  expect(await lane.load()).toBe('a')
  await lane.commit({ cursor: 'b', delivered: [], quarantined: [] })
  first.child.kill('SIGCONT')
  expect(await late).toBe('superseded')
  expect(await lane.load()).toBe('b')
  expect(await lane.known(['a', 'late'])).toEqual(new Set(['a']))
  await lane.commit({ cursor: 'c', delivered: [], quarantined: [] })
})

test('a standby takes over when the line of the first is cut, and only what it had', async () => {
  const url = await postgres().createDatabase()
  const line = await lineTo(url)
  const [first, second, third] = [await opened(line.url), await opened(url), await opened(url)]
  const { lane: laneOf, release } = await first.claim('main')
  const old = await laneOf('live', 'f')
  await old.commit({ cursor: 'a', delivered: [], quarantined: [] })
  const other = await (await third.claim('other')).lane('live', 'f')
  line.cut()
  const lane = await (await second.standby('main')).lane('live', 'f')
  expect(await lane.load()).toBe('a')
  await lane.commit({ cursor: 'b', delivered: [], quarantined: [] })
  line.mend()
  await vi.waitFor(
    () =>
      expect(old.commit({ cursor: 'late', delivered: [], quarantined: [] })).rejects.toMatchObject({
        code: 'superseded',
      }),
    { timeout: 300_000, interval: 200 },
  )
  expect(await lane.load()).toBe('b')
  // Nor are notes saved, such as the windows of rules, before the old process has given up its claim.
  await second.note('main', 'windows', 'of the second')
  const late = first.note('main', 'windows', 'late')
  await expect(late).rejects.toMatchObject({ code: 'superseded' })
  const removal = first.keepNotes('main', new Map([['windows', undefined]]))
  await expect(removal).rejects.toMatchObject({ code: 'superseded' })
  expect(await second.notesOf('main')).toEqual(new Map([['windows', 'of the second']]))
  await first.note('other', 'windows', 'of a pipeline that it has not claimed')
  await release()
  await first.note('main', 'said', 'after the release')
  // The third has had nothing to do all the time, and is still alive to the server.
  await expect(second.claim('other')).rejects.toMatchObject({ code: 'already_running' })
  await other.commit({ cursor: 'a', delivered: [], quarantined: [] })
})

test('a process that was stopped in the middle of a commit holds nobody up', async () => {
  const url = await postgres().createDatabase()
  const line = await lineTo(url)
  const [first, second] = [await opened(line.url), await opened(url)]
  const old = await (await first.claim('main')).lane('live', 'f')
  await old.commit({ cursor: 'a', delivered: [], quarantined: [] })
  // Its commit gets as far as the network lets it.
  const late = old.commit({ cursor: 'late', delivered: [{ id: '1', at: Date.now() }], quarantined: [] })
  late.catch(() => {})
  line.cut()
  const lane = await (await second.standby('main')).lane('live', 'f')
  const cursor = await lane.load()
  await lane.commit({ cursor: 'b', delivered: [], quarantined: [] })
  expect(['a', 'late']).toContain(cursor)
  expect(await lane.load()).toBe('b')
})

test('a standby that is told to stop waits no longer', async () => {
  const url = await postgres().createDatabase()
  const [first, second] = [await opened(url), await opened(url)]
  await first.claim('main')
  const stop = new AbortController()
  const waiting = second.standby('main', { signal: stop.signal })
  stop.abort(new Error('Enough.'))
  await expect(waiting).rejects.toThrow('Enough.')
})

testWithPgbouncer.each([
  ['transaction', { fault: 'fatal', code: 'transaction_pooling' }],
  ['session', undefined],
] as const)('a claim through a PgBouncer in %s mode ends with %j', async (mode, refused) => {
  const url = await startPgbouncer(await postgres().createDatabase(), mode)
  const state = await opened(url)
  // Without a claim it may be used.
  expect(await state.lanes()).toEqual([])
  if (refused) {
    await expect(state.claim('main')).rejects.toMatchObject(refused)
    return
  }
  const lane = await (await state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
  await expect((await opened(url)).claim('main')).rejects.toMatchObject({ code: 'already_running' })
})
