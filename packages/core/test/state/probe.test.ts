import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SqliteState, sqliteState } from '@asana-audit/core/sqlite-state'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { noSmallDisk, smallDisk } from '../../../../test/support/commands/full-disk.ts'

const pageBytes = 4_096
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-probe-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const inFolder = (name: string): string => join(folder, name)

function opened(path: string): SqliteState {
  const state = sqliteState({ path })
  onTestFinished(() => state.close())
  return state
}

async function linesOf(state: SqliteState): Promise<string[]> {
  const lines: string[] = []
  for await (const line of state.export()) lines.push(line)
  return lines
}

test('a probe writes to the disk each time, and changes nothing', async () => {
  const path = inFolder('state.db')
  const state = opened(path)
  await (await state.claim('main')).start(0)
  const [before, { size }] = [await linesOf(state), statSync(`${path}-wal`)]
  await state.probe()
  await state.probe()
  expect(statSync(`${path}-wal`).size).toBeGreaterThanOrEqual(size + 2 * pageBytes)
  expect(await linesOf(state)).toEqual(before)
})

test('a probe of another process works while a pipeline runs, and does not stop its next commit', async () => {
  const path = inFolder('shared.db')
  const lane = await (await opened(path).claim('main')).lane('live', 'f')
  const other = opened(path)
  await other.probe()
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
  await other.probe()
  expect(await lane.load()).toBe('a')
})

test('a probe of a state that was moved away fails as a commit does', async () => {
  const path = inFolder('moved.db')
  const state = opened(path)
  renameSync(path, inFolder('elsewhere.db'))
  await expect(state.probe()).rejects.toMatchObject({ fault: 'fatal', code: 'state_gone' })
})

test.skipIf(noSmallDisk)(
  'on a full disk a probe fails as a commit does, until there is room again',
  async () => {
    const { path, inside } = await smallDisk()
    const [program, ...args] = inside
    const script = fileURLToPath(new URL('../support/state-on-a-full-disk.ts', import.meta.url))
    const found = execFileSync(program, [...args, process.execPath, ...process.execArgv, script, path], {
      encoding: 'utf8',
    })
    expect(JSON.parse(found)).toEqual({
      before: 'ok',
      full: { commit: 'disk_full', empty: 'ok', probe: 'disk_full' },
      after: ['ok', 'ok'],
    })
  },
)
