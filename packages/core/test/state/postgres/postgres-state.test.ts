import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DurableState, QuarantineEntry } from '@asana-audit/core'
import { openEnd } from '@asana-audit/core/ledger'
import { migrateState, type PostgresState, postgresState } from '@asana-audit/core/postgres-state'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { Client, Pool } from 'pg'
import { expect, onTestFinished, vi } from 'vitest'
import { lineTo } from '../../../../../test/support/postgres/line.ts'
import { postgresOfFile, testWithPostgres as test } from '../../../../../test/support/postgres/suite.ts'

const at = Date.parse('2026-02-01T10:00:00Z')
const entry: QuarantineEntry = {
  kind: 'rejected',
  id: '9',
  code: 'bad_data',
  reason: 'no',
  event: { gid: '9', created_at: '2026-02-01T10:00:00Z', name: 'Zoë 🚀' },
}
const postgres = postgresOfFile()

async function opened(url: string, more: object = {}): Promise<PostgresState> {
  const state = await postgresState({ url, ...more })
  onTestFinished(() => state.close())
  return state
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as unknown[]
  } finally {
    await client.end()
  }
}

function sqliteInFolder(): DurableState {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-transfer-'))
  const state = sqliteState({ path: join(folder, 'state.db') })
  onTestFinished(async () => {
    await state.close()
    rmSync(folder, { recursive: true })
  })
  return state
}

test('a state is found again, and its lanes go on, also with a pool of the caller', async () => {
  const url = await postgres().createDatabase()
  const first = await opened(url)
  const claim = await first.claim('main')
  await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] })
  await first.close()
  const pool = new Pool({ connectionString: url, max: 2 })
  onTestFinished(() => pool.end())
  const second = await postgresState({ pool })
  const lane = await (await second.claim('main')).lane('live', 'f')
  expect(await lane.load()).toBe('a')
  await lane.commit({ cursor: 'b', delivered: [{ id: '2', at }], quarantined: [] })
  await second.close()
  // It is the caller's.
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a process has four connections at most, however many pipelines it runs', async () => {
  const url = await postgres().createDatabase()
  const state = await opened(url)
  const names = Array.from({ length: 12 }, (_, number) => `pipeline ${number}`)
  const lanes = await Promise.all(names.map(async (name) => (await state.claim(name)).lane('live', 'f')))
  const commit = { cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] }
  await Promise.all(lanes.map((lane) => lane.commit(commit)))
  const others = "backend_type = 'client backend' and pid <> pg_backend_pid()"
  const ours = `select pid from pg_stat_activity where datname = current_database() and ${others}`
  expect((await query(url, ours)).length).toBeLessThanOrEqual(4)
})

test('a commit of an earlier claim is refused once another has claimed the pipeline, and saves nothing', async () => {
  const url = await postgres().createDatabase()
  const line = await lineTo(url)
  const [first, second] = [await opened(line.url), await opened(url)]
  const old = await first.claim('main')
  const lane = await old.lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] })
  line.drop()
  const claim = await second.standby('main')
  line.mend()
  const superseded = { fault: 'fatal', final: true, code: 'superseded' }
  const late = { cursor: 'late', delivered: [{ id: '2', at }], quarantined: [entry] }
  // The connections of before are gone first.
  await vi.waitFor(() => expect(lane.commit(late)).rejects.toMatchObject(superseded), { timeout: 300_000 })
  await expect(old.rewind('live', 'late', at)).rejects.toMatchObject(superseded)
  await expect(old.start(at)).rejects.toMatchObject(superseded)
  await expect(old.reopen(at, at + 1)).rejects.toMatchObject(superseded)
  await expect(old.drop('live')).rejects.toMatchObject(superseded)
  await expect(old.lane('other', 'f')).rejects.toMatchObject(superseded)
  const next = await claim.lane('live', 'f')
  expect(await next.load()).toBe('a')
  expect(await next.known(['1', '2'])).toEqual(new Set(['1']))
  expect(await Array.fromAsync(second.quarantine())).toEqual([])
  await next.commit({ cursor: 'b', delivered: [], quarantined: [] })
})

test('a claim that lost its connection takes its lock again, and its commits go on', async () => {
  const url = await postgres().createDatabase()
  const state = await opened(url)
  const lane = await (await state.claim('main')).lane('live', 'f')
  const holders = `select pid from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())`
  const [before] = (await query(url, holders)) as { pid: number }[]
  await query(url, `select pg_terminate_backend(${before?.pid})`)
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
  await expect
    .poll(async () => (await query(url, holders)) as { pid: number }[])
    .toEqual([{ pid: expect.not.closeTo(before!.pid, 0) }])
  await lane.commit({ cursor: 'b', delivered: [], quarantined: [] })
  await expect((await opened(url)).claim('main')).rejects.toMatchObject({ code: 'already_running' })
})

test('a runner is seen by other processes until it releases its claim, and named to who wants it too', async () => {
  const url = await postgres().createDatabase()
  const [first, second] = [await opened(url), await opened(url)]
  expect(await second.isRunning('main')).toBe(false)
  const claim = await first.claim('main')
  expect(await second.isRunning('main')).toBe(true)
  expect(await second.isRunning('other')).toBe(false)
  await expect(second.claim('main')).rejects.toThrow(`process ${process.pid} on `)
  await claim.release()
  expect(await second.isRunning('main')).toBe(false)
})

test('what is still claimed when a state is closed is free at once, and its claims save nothing any more', async () => {
  const url = await postgres().createDatabase()
  const next = await opened(url)
  // The server would notice the end of the connection soon too, so once proves little.
  for (let round = 0; round < 20; round += 1) {
    const state = await opened(url)
    const lane = await (await state.claim('main')).lane('live', 'f')
    await state.claim('other')
    await state.close()
    const [claim, other] = [await next.claim('main'), await next.claim('other')]
    const late = lane.commit({ cursor: 'late', delivered: [], quarantined: [] })
    await expect(late).rejects.toMatchObject({ code: 'state_closed' })
    expect(await (await claim.lane('live', 'f')).load()).toBeUndefined()
    await claim.release()
    await other.release()
  }
})

test('a commit under way when a state is closed is saved or refused, and whoever takes over goes on from it', async () => {
  const url = await postgres().createDatabase()
  const next = await opened(url)
  let saved: string | undefined
  for (let round = 0; round < 20; round += 1) {
    const state = await opened(url)
    const lane = await (await state.claim('main')).lane('live', 'f')
    const late = lane.commit({ cursor: `${round}`, delivered: [], quarantined: [] })
    const isSaved = late.then(
      () => true,
      () => false,
    )
    await state.close()
    const claim = await next.claim('main')
    const cursor = await (await claim.lane('live', 'f')).load()
    if (await isSaved) saved = `${round}`
    expect(cursor).toBe(saved)
    await claim.release()
  }
})

test('a state whose database does not answer any more is closed all the same', async () => {
  const line = await lineTo(await postgres().createDatabase())
  const state = await opened(line.url)
  await state.claim('main')
  line.cut()
  await state.close()
  await expect(state.lanes()).rejects.toMatchObject({ code: 'state_closed' })
})

test('a commit that fails in the middle changes nothing', async () => {
  const state = await opened(await postgres().createDatabase())
  const lane = await (await state.claim('main')).lane('live', 'f')
  const broken = { ...entry, kind: null as never }
  const commit = lane.commit({ cursor: 'b', delivered: [{ id: '1', at }], quarantined: [broken] })
  await expect(commit).rejects.toMatchObject({ fault: 'fatal', code: 'state_unusable' })
  expect(await lane.load()).toBeUndefined()
  expect(await lane.known(['1'])).toEqual(new Set())
  await lane.commit({ cursor: 'c', delivered: [], quarantined: [] })
  expect(await lane.load()).toBe('c')
})

test('texts that PostgreSQL does not take are kept as they are', async () => {
  const state = await opened(await postgres().createDatabase())
  const lane = await (await state.claim('main')).lane('live', 'f')
  const odd = ['a\0b', '\ud800', '"quoted', '"', '\\', '{null}', '']
  for (const [index, text] of odd.entries()) {
    const event = { gid: text, created_at: '2026-02-01T10:00:00Z', name: text }
    const quarantined = [{ ...entry, id: `${index}${text}`, reason: text, event }]
    await lane.commit({ cursor: text, delivered: [{ id: `${text} ${index}`, at }], quarantined })
    expect(await lane.load()).toBe(text)
    const ids = [`${text} ${index}`, `${index}${text}`]
    expect(await lane.known([...ids, 'none'])).toEqual(new Set(ids))
    await state.note('main', 'note', text)
    expect(await state.notes('note')).toEqual(new Map([['main', text]]))
  }
  const stored = await Array.fromAsync(state.quarantine('main'))
  expect(stored.map(({ id, reason, event }) => [id, reason, (event as { name: string }).name])).toEqual(
    odd.map((text, index) => [`${index}${text}`, text, text]),
  )
})

async function filled(state: DurableState): Promise<void> {
  const claim = await state.claim('main')
  await claim.start(at - 7_200_000)
  const live = await claim.lane('live', 'f')
  const ids = ['1', '1200000000000001', 'text', '007', 'a long id '.repeat(9), 'nul\0']
  const quarantined = [entry, { ...entry, id: undefined, kind: 'uncertain' as const, event: 'odd "\\' }]
  const delivered = ids.map((id, content) => ({ id, at, content: 2 ** 32 - 1 - content }))
  await live.commit({ cursor: 'a', delivered, quarantined, contentForm: '1-x' })
  await live.commit({ cursor: 'b"', readBy: 'other', delivered: [], quarantined: [{ ...entry, id: '10' }] })
  await (await claim.lane('backlog', 'f')).commit({
    cursor: 'c',
    delivered: [{ id: '2', at: at - 1 }],
    quarantined: [],
  })
  await claim.drop('backlog')
  await claim.rewind('repair', 'd', openEnd)
  await claim.release()
  await state.note('main', 'position.head', 'a\0b')
  await state.note('main', 'alarms', 'left out')
}

test('a rewind of several lanes that fails at one of them moves none', async () => {
  const state = await opened(await postgres().createDatabase())
  const claim = await state.claim('main')
  for (const name of ['backlog', 'live'])
    await (await claim.lane(name, 'f')).commit({
      cursor: 'a',
      delivered: [{ id: name, at }],
      quarantined: [],
    })
  const before = await Array.fromAsync(state.export())
  // PostgreSQL takes no such name.
  const cursors = { backlog: 'b', live: 'b', 'live\0': 'b' }
  await expect(claim.rewindAll(new Map(Object.entries(cursors)), at)).rejects.toThrow()
  expect(await Array.fromAsync(state.export())).toEqual(before)
})

test('an export goes from SQLite to PostgreSQL and back, and every time it is the same', async () => {
  const sqlite = sqliteInFolder()
  await filled(sqlite)
  const lines = await Array.fromAsync(sqlite.export())
  const inPostgres = await opened(await postgres().createDatabase())
  await inPostgres.import(fromList(lines))
  const again = await Array.fromAsync(inPostgres.export())
  expect(inOrder(again)).toEqual(inOrder(lines))
  expect(lines.filter((line) => line.includes('"1-x"]'))).toHaveLength(1)
  const back = sqliteInFolder()
  await back.import(fromList(again))
  expect(inOrder(await Array.fromAsync(back.export()))).toEqual(inOrder(lines))
  for (const state of [inPostgres, back]) {
    const lane = await (await state.claim('main')).lane('live', 'f')
    expect(await lane.load()).toBe('b"')
    const ids = ['1', '1200000000000001', 'text', '007', 'a long id '.repeat(9), 'nul\0', '9', '10']
    expect(await lane.known([...ids, '3'])).toEqual(new Set(ids))
  }
})

test('a state that was filled in PostgreSQL is the same in SQLite', async () => {
  const [inPostgres, sqlite] = [await opened(await postgres().createDatabase()), sqliteInFolder()]
  await filled(inPostgres)
  await sqlite.import(inPostgres.export())
  expect(await sqlite.pipelines()).toEqual(await inPostgres.pipelines())
  expect(await sqlite.lanes()).toEqual(await inPostgres.lanes())
  expect(await sqlite.quarantineCounts()).toEqual(await inPostgres.quarantineCounts())
  const ledgers = [sqlite, inPostgres].map((state) => state.ledger('main', 0, openEnd))
  expect(await ledgers[0]).toEqual(await ledgers[1])
})

test('an import is refused whole if its pipeline exists or runs, or if the export is cut off', async () => {
  const sqlite = sqliteInFolder()
  await filled(sqlite)
  const lines = await Array.fromAsync(sqlite.export())
  const url = await postgres().createDatabase()
  const [state, other] = [await opened(url), await opened(url)]
  await expect(state.import(fromList(lines.slice(0, -1)))).rejects.toMatchObject({ code: 'not_an_export' })
  const claim = await other.claim('main')
  await expect(state.import(fromList(lines))).rejects.toMatchObject({ code: 'already_running' })
  await claim.release()
  const wrong = lines.toSpliced(-1, 0, '{"pipeline":"main","table":"known","row":["x","no time","live"]}')
  await expect(state.import(fromList(wrong))).rejects.toMatchObject({ fault: 'fatal' })
  expect(await state.lanes()).toEqual([])
  await state.import(fromList(lines))
  await expect(state.import(fromList(lines))).rejects.toMatchObject({ code: 'pipeline_exists' })
})

test('an import is refused whole if a value was changed', async () => {
  const filledOne = await opened(await postgres().createDatabase())
  await filled(filledOne)
  const lines = await Array.fromAsync(filledOne.export())
  const changed = lines.map((line) => line.replace('"007"', '"008"'))
  expect(changed).not.toEqual(lines)
  const state = await opened(await postgres().createDatabase())
  const refused = {
    code: 'not_an_export',
    message: expect.stringContaining('something in its lines was changed'),
  }
  await expect(state.import(fromList(changed))).rejects.toMatchObject(refused)
  expect(await state.pipelines()).toEqual([])
  await state.import(fromList(lines))
})

/** Databases give rows in any order. The last line has a checksum, which depends on it. */
function inOrder(lines: readonly string[]): readonly string[] {
  return lines.slice(0, -1).toSorted()
}

async function* fromList(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

test('an export shows one moment, even while the pipeline runs', async () => {
  const state = await opened(await postgres().createDatabase())
  const lane = await (await state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [entry] })
  const lines: string[] = []
  for await (const line of state.export()) {
    if (lines.length === 1)
      await lane.commit({ cursor: 'b', delivered: [{ id: '2', at }], quarantined: [entry] })
    lines.push(line)
  }
  const rows = lines.slice(1, -1).map((line) => JSON.parse(line) as { table: string; row: unknown[] })
  expect(rows.filter(({ table }) => table === 'known')).toHaveLength(2)
  expect(rows.filter(({ table }) => table === 'quarantine')).toHaveLength(1)
  expect(rows.find(({ table }) => table === 'lane')?.row[2]).toBe('a')
})

test('notes are kept together, and one without a text is removed', async () => {
  const url = await postgres().createDatabase()
  const state = await opened(url)
  await state.note('other', 'a', 'third')
  await state.keepNotes(
    'main',
    new Map([
      ['a', 'first'],
      ['b', 'second'],
    ]),
  )
  await state.keepNotes(
    'main',
    new Map([
      ['a', undefined],
      ['c', 'fourth'],
      ['b', 'fifth'],
    ]),
  )
  const again = await opened(url)
  expect([...(await again.notesOf('main'))]).toEqual([
    ['b', 'fifth'],
    ['c', 'fourth'],
  ])
  expect([...(await again.notes('a'))]).toEqual([['other', 'third']])
})

test('a forgotten pipeline leaves no note, and a process that stood still meanwhile saves nothing', async () => {
  const url = await postgres().createDatabase()
  const line = await lineTo(url)
  const [stale, state] = [await opened(line.url), await opened(url)]
  const lane = await (await stale.claim('main')).lane('live', 'f')
  const commit = { cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] }
  await lane.commit(commit)
  await stale.note('main', 'alarms', 'first')
  await stale.note('other', 'alarms', 'second')
  line.drop()
  await (await state.standby('main')).forget()
  line.mend()
  expect([...(await state.notes('alarms'))]).toEqual([['other', 'second']])
  const late = { ...commit, cursor: 'late' }
  // The connections of before are gone first.
  await vi.waitFor(
    () => expect(lane.commit(late)).rejects.toMatchObject({ code: 'superseded', final: true }),
    { timeout: 300_000 },
  )
  expect(await state.lanes()).toEqual([])
  expect(await state.pipelines()).toEqual([{ pipeline: 'other', asked: [] }])
})

test('several processes make the tables of one database at once', async () => {
  const url = await postgres().createDatabase()
  const states = await Promise.all([1, 2, 3, 4].map(() => opened(url)))
  for (const state of states) expect(await state.pipelines()).toEqual([])
  await expect(postgresState({ url, migrate: false }).then((state) => state.close())).resolves.toBeUndefined()
})

test.each([
  ['without tables', '', { mustExist: true }, 'no_state'],
  ['without tables, which this program must not make', '', { migrate: false }, 'older_state'],
  [
    'of a newer version',
    "update asana_audit.schema_version set version = 99 where part = 'state'",
    {},
    'newer_state',
  ],
  [
    'of an older version, which this program must not bring up to date',
    "update asana_audit.schema_version set version = 0 where part = 'state'",
    { migrate: false },
    'older_state',
  ],
  ['of another program', 'drop table asana_audit.schema_version', {}, 'foreign_state'],
] as const)('a database %s is refused with what to do, and not changed', async (_, change, options, code) => {
  const url = await postgres().createDatabase()
  if (change !== '') {
    await (await postgresState({ url })).close()
    await query(url, change)
  }
  const tables =
    "select table_schema, table_name from information_schema.tables where table_schema = 'asana_audit' order by 2"
  const before = await query(url, tables)
  await expect(postgresState({ url, ...options })).rejects.toMatchObject({ fault: 'fatal', code })
  expect(await query(url, tables)).toEqual(before)
})

test('a state of the version before contents were recorded is brought up to date, and its hours say so', async () => {
  const url = await postgres().createDatabase()
  const state = await opened(url)
  await filled(state)
  const whole = ['main', 0, openEnd] as const
  const before = await state.ledger(...whole)
  expect(before.some(({ content }) => content !== undefined)).toBe(true)
  await state.close()
  await query(
    url,
    `alter table asana_audit.ledger drop column content, drop column content_form;
     alter table asana_audit.quarantine drop column counted_in;
     update asana_audit.schema_version set version = 1 where part = 'state'`,
  )
  await expect(postgresState({ url, migrate: false })).rejects.toMatchObject({ code: 'older_state' })
  const migrated = await opened(url)
  expect(await migrated.ledger(...whole)).toEqual(before.map((hour) => ({ ...hour, content: undefined })))
  // It goes on, and a new hour has its content.
  const lane = await (await migrated.claim('main')).lane('live', 'f')
  expect(await lane.load()).toBe('b"')
  const later = at + 3_600_000
  await lane.commit({
    ...{ cursor: 'c', quarantined: [], contentForm: '1-x' },
    delivered: [{ id: '20', at: later, content: 7 }],
  })
  expect(await migrated.ledger('main', later, openEnd)).toMatchObject([{ content: { form: '1-x', sum: 7 } }])
})

test('which entries of the quarantine are in no count is known after a move from a file to PostgreSQL and back', async () => {
  const file = sqliteInFolder()
  const claim = await file.claim('main')
  await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [entry] })
  await claim.rewind('live', 'x', at)
  await claim.release()
  const state = await opened(await postgres().createDatabase())
  await state.import(file.export())
  const back = sqliteInFolder()
  await back.import(state.export())
  for (const one of [state, back]) {
    const lane = await (await one.claim('main')).lane('live', 'f')
    await lane.commit({ cursor: 'b', delivered: [{ id: '9', at }], quarantined: [] })
    const [stored] = await Array.fromAsync(one.quarantine())
    await one.discharge([stored!.number])
    expect(await one.ledger('main', 0, openEnd)).toMatchObject([{ kind: 'delivered', count: 1 }])
  }
})

test('migrateState may be called again, and changes nothing', async () => {
  const url = await postgres().createDatabase()
  const state = await opened(url)
  await filled(state)
  const before = await Array.fromAsync(state.export())
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  await migrateState(client)
  expect(await Array.fromAsync(state.export())).toEqual(before)
})

test('a database that can only be read is said to be so, by an opening, a commit and a probe', async () => {
  const url = await postgres().createDatabase('only_read')
  const state = await opened(url)
  const lane = await (await state.claim('main')).lane('live', 'f')
  await query(url, 'alter database only_read set default_transaction_read_only = on')
  const readOnly = { fault: 'fatal', code: 'state_read_only' }
  const later = await opened(url)
  await expect(later.probe()).rejects.toMatchObject(readOnly)
  expect(await later.lanes()).toEqual([])
  await expect(later.note('main', 'a', 'b')).rejects.toMatchObject(readOnly)
  const empty = await postgres().createDatabase('only_read_too')
  await query(empty, 'alter database only_read_too set default_transaction_read_only = on')
  await expect(postgresState({ url: empty })).rejects.toMatchObject(readOnly)
  // Its connection is from before.
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
})

test('a state that was closed says so', async () => {
  const state = await opened(await postgres().createDatabase())
  const lane = await (await state.claim('main')).lane('live', 'f')
  await state.close()
  const closed = { fault: 'fatal', final: true, code: 'state_closed' }
  await expect(lane.commit({ cursor: 'a', delivered: [], quarantined: [] })).rejects.toMatchObject(closed)
  await expect(state.lanes()).rejects.toMatchObject(closed)
  await expect(state.standby('main')).rejects.toMatchObject(closed)
  await state.close()
})

test('a fault of the caller is one: no place for the state, two, or a pool that a claim would fill', async () => {
  const url = await postgres().createDatabase()
  const one = new Pool({ connectionString: url, max: 1 })
  onTestFinished(() => one.end())
  for (const options of [{}, { url, pool: one }, { pool: one }]) {
    await expect(postgresState(options)).rejects.toMatchObject({ fault: 'fatal', code: 'bad_option' })
  }
})
