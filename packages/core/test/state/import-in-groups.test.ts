import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { postgresOfFile, testWithPostgres } from '../../../../test/support/postgres/suite.ts'
import type { DurableState } from '../../src/state/durable-state.ts'
import { type ExportedRow, exportLines, takeExport } from '../../src/state/export-lines.ts'
import { postgresState } from '../../src/state/postgres/postgres-state.ts'
import { sqliteState } from '../../src/state/sqlite/sqlite-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'asana-audit-import-'))
afterAll(() => rmSync(folder, { recursive: true }))
const postgres = postgresOfFile()

const row = (table: ExportedRow['table'], values: ExportedRow['values']): ExportedRow => ({
  ...{ pipeline: 'main', table, values },
})
const ids = (count: number, length = 0): ExportedRow[] =>
  Array.from({ length: count }, (_, id) =>
    row('known', { id: length === 0 ? id : `${id}`.padEnd(length, 'x'), at: 1_000, lane: 'live' }),
  )

test.each([
  ['by their number', ids(5_000), 1_000],
  ['by the length of their lines, as an event in quarantine may be large', ids(60, 100_000), 10],
])('the rows of an export are taken in groups, limited %s', async (_, rows, most) => {
  let [asked, taken, held] = [0, 0, 0]
  async function* lines(): AsyncGenerator<string> {
    for await (const line of exportLines(rows)) {
      held = Math.max(held, asked - taken)
      yield line
      asked += 1
    }
  }
  await takeExport(lines(), (group) => {
    taken += group.length
  })
  expect(taken).toBe(rows.length)
  // And the first line.
  expect(held).toBeLessThanOrEqual(most + 1)
})

async function takesNothingOfAChangedExport(state: DurableState): Promise<void> {
  const lane = { name: 'live', fingerprint: 'f', cursor: 'a', delivered: 1, quarantined: 0, newest: null }
  const committed = { committed_at: '2026-02-01T10:00:00.000Z', read_by: null }
  const lines = await Array.fromAsync(exportLines([row('lane', { ...lane, ...committed }), ...ids(5_000)]))
  const changed = lines.map((line) => line.replace('[4999,', '[5999,'))
  expect(changed).not.toEqual(lines)
  const from = async function* (list: readonly string[]): AsyncGenerator<string> {
    yield* list
  }
  await expect(state.import(from(changed))).rejects.toMatchObject({ code: 'not_an_export' })
  expect([await state.pipelines(), await state.lanes()]).toEqual([[], []])
  // Nor does it keep a lock.
  await state.import(from(lines))
  const live = await (await state.claim('main')).lane('live', 'f')
  expect(await live.known(['0', '4999', '5999'])).toEqual(new Set(['0', '4999']))
}

test('an import into SQLite takes nothing if its last line shows that a value was changed', async () => {
  await using state = sqliteState({ path: join(folder, 'state.db') })
  await takesNothingOfAChangedExport(state)
})

testWithPostgres(
  'an import into PostgreSQL takes nothing if its last line shows that a value was changed',
  async () => {
    await using state = await postgresState({ url: await postgres().createDatabase() })
    await takesNothingOfAChangedExport(state)
  },
)

testWithPostgres('an import into PostgreSQL waits for lines that come slowly', async () => {
  const url = await postgres().createDatabase()
  await using state = await postgresState({ url })
  const watcher = new Client({ connectionString: url })
  await watcher.connect()
  try {
    const importing = `select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`
    const longer = `${importing} and state_change < now() - interval '9 s'`
    async function* slowly(): AsyncGenerator<string> {
      await expect.poll(async () => (await watcher.query(importing)).rows).toHaveLength(1)
      // Other transactions are ended by the server after 8 s in which they stand still.
      await expect
        .poll(async () => [
          (await watcher.query(importing)).rows.length,
          (await watcher.query(longer)).rows.length,
        ])
        .not.toEqual([1, 0])
      yield* exportLines(ids(3))
    }
    await state.import(slowly())
    expect(await state.pipelines()).toMatchObject([{ pipeline: 'main' }])
  } finally {
    await watcher.end()
  }
})
