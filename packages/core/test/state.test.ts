import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { memoryState, type QuarantineEntry, type State } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const at = Date.parse('2026-02-01T10:00:00Z')
const entry: QuarantineEntry = {
  kind: 'rejected',
  id: '9',
  code: 'bad_data',
  reason: 'no',
  event: { gid: '9', created_at: '2026-02-01T10:00:00Z', name: 'Zoë 🚀' },
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const path = (): string => join(folder, 'state.db')

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe.each<[string, () => State]>([
  ['memory', () => memoryState()],
  ['SQLite', () => sqliteState({ path: path() })],
])('every state, here %s:', (_, open) => {
  test('a new row has no cursor, and a commit is what the next load sees', async () => {
    const state = open()
    const claim = await state.claim('main')
    const lane = await claim.lane('live', 'f')
    expect(await lane.load()).toBeUndefined()
    await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] })
    await lane.commit({ cursor: 'b', delivered: [{ id: '2', at }], quarantined: [] })
    expect(await lane.load()).toBe('b')
    await state.close()
  })

  test('ids are known once delivered or quarantined, over all rows of the pipeline and no other', async () => {
    const state = open()
    const claim = await state.claim('main')
    const live = await claim.lane('live', 'f')
    const long = 'x'.repeat(500)
    await live.commit({
      cursor: 'a',
      delivered: [
        { id: '1', at },
        { id: long, at },
      ],
      quarantined: [entry],
    })
    const other = await (await state.claim('other')).lane('live', 'f')
    const backlog = await claim.lane('backlog', 'f')
    expect(await backlog.known(['1', '2', '9', long])).toEqual(new Set(['1', '9', long]))
    expect(await other.known(['1'])).toEqual(new Set())
    await state.close()
  })

  test('ids are forgotten by event time, and an event from the future ages nothing', async () => {
    const state = open()
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = [
      { id: '1', at },
      { id: 'future', at: Date.parse('9999-01-01T00:00:00Z') },
    ]
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    expect(await lane.known(['1'])).toEqual(new Set(['1']))
    await lane.commit({ cursor: 'b', delivered: [{ id: '2', at: at + 3 * 3_600_000 }], quarantined: [] })
    expect(await lane.known(['1', '2'])).toEqual(new Set(['2']))
    await state.close()
  })

  test('filters other than those of the cursor are refused with three ways out', async () => {
    const state = open()
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [] })
    await expect(claim.lane('live', 'g')).rejects.toMatchObject({ fault: 'fatal', code: 'filters_changed' })
    await state.close()
  })

  test('a rewind puts the row where it is told, with any filters, and forgets nothing else', async () => {
    const state = open()
    const claim = await state.claim('main')
    const delivered = [{ id: '1', at }]
    await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered, quarantined: [entry] })
    await claim.rewind('live', 'back', at + 3_600_000)
    const lane = await claim.lane('live', 'g')
    expect(await lane.load()).toBe('back')
    expect(await lane.known(['1', '9'])).toEqual(new Set(['1', '9']))
    await lane.commit({ cursor: 'b', delivered, quarantined: [] })
    expect(await state.lanes()).toMatchObject([{ cursor: 'b', delivered: 2, quarantined: 1 }])
    await expect(claim.lane('live', 'f')).rejects.toMatchObject({ code: 'filters_changed' })
    await claim.rewind('new', 'somewhere', at + 3_600_000)
    expect(await (await claim.lane('new', 'f')).load()).toBe('somewhere')
    await state.close()
  })

  test('what is discharged leaves the quarantine, and its number is not used again', async () => {
    const state = open()
    const lane = await (await state.claim('main')).lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered: [], quarantined: [entry, { ...entry, id: '10' }] })
    await state.discharge([2, 99])
    await lane.commit({ cursor: 'b', delivered: [], quarantined: [{ ...entry, id: '11' }] })
    const left = await collect(state.quarantine())
    expect(left.map(({ number, id }) => [number, id])).toEqual([
      [1, '9'],
      [3, '11'],
    ])
    await state.close()
  })

  const hour = Date.parse('2026-02-01T10:00:00Z')
  const later = hour + 3_600_000

  async function counts(state: State): Promise<string[]> {
    const rows = await state.ledger('main', 0, Number.MAX_SAFE_INTEGER)
    return rows
      .map((row) => `${(row.hour - hour) / 3_600_000} ${row.kind} ${row.count}`)
      .sort((a, b) => (a < b ? -1 : 1))
  }

  test('the ledger counts each id once by hour and kind, however often it comes', async () => {
    const state = open()
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = [
      { id: '1', at: hour },
      { id: '2', at: hour + 3_599_999 },
      { id: '3', at: later },
    ]
    const uncertain = { ...entry, id: '10', kind: 'uncertain' as const }
    await lane.commit({
      cursor: 'a',
      delivered,
      quarantined: [entry, uncertain, { ...entry, id: undefined }],
    })
    await lane.commit({ cursor: 'b', delivered, quarantined: [] })
    expect(await counts(state)).toEqual([
      '0 delivered 2',
      '0 quarantined 1',
      '0 uncertain 1',
      '1 delivered 1',
    ])
    expect(await state.ledger('other', 0, later)).toEqual([])
    expect((await state.ledger('main', later, later + 1)).map(({ count }) => count)).toEqual([1])
    await state.close()
  })

  test('the sum of an hour does not depend on the order, and tells sets apart that differ in one id', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => ({
      id: String(1_200_000_000_000_000 + index),
      at: hour,
    }))
    const sums: unknown[] = []
    for (const set of [ids, ids.toReversed(), [...ids.slice(1), { id: '1200000000000999', at: hour }]]) {
      const state = open()
      const claim = await state.claim(`main`)
      const lane = await claim.lane('live', 'f')
      await claim.reopen(0, Number.MAX_SAFE_INTEGER)
      for (let from = 0; from < set.length; from += 100) {
        await lane.commit({ cursor: 'a', delivered: set.slice(from, from + 100), quarantined: [] })
      }
      sums.push((await state.ledger('main', 0, later)).map(({ count, mix }) => `${count} ${mix}`).join())
      await claim.release()
      await state.close()
    }
    expect(sums[0]).toBe(sums[1])
    expect(sums[0]).not.toBe(sums[2])
  })

  test('a rewind opens the hours from its time on, and what comes again is counted again', async () => {
    const state = open()
    const claim = await state.claim('main')
    const delivered = [
      { id: '1', at: hour },
      { id: '3', at: later },
    ]
    const lane = await claim.lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    const before = await state.ledger('main', 0, Number.MAX_SAFE_INTEGER)
    await claim.rewind('live', 'x', later)
    expect(await counts(state)).toEqual(['0 delivered 1'])
    await lane.commit({ cursor: 'b', delivered: delivered.slice(1), quarantined: [] })
    expect(await state.ledger('main', 0, Number.MAX_SAFE_INTEGER)).toEqual(before)
    await state.close()
  })

  test('what leaves the quarantine counts as delivered', async () => {
    const state = open()
    const lane = await (await state.claim('main')).lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered: [{ id: '1', at: hour }], quarantined: [entry] })
    const total = async (): Promise<bigint> =>
      (await state.ledger('main', 0, later)).reduce((sum, { mix }) => BigInt.asIntN(64, sum + mix), 0n)
    const before = await total()
    await state.discharge([1])
    expect((await counts(state)).filter((row) => !row.endsWith(' 0'))).toEqual(['0 delivered 2'])
    expect(await total()).toBe(before)
    await state.close()
  })

  test('a row can be dropped', async () => {
    const state = open()
    const claim = await state.claim('main')
    await (await claim.lane('repair', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [] })
    await claim.drop('repair')
    expect(await state.lanes()).toEqual([])
    await state.close()
  })

  test('a pipeline has one runner at a time, and another after its release', async () => {
    const state = open()
    const claim = await state.claim('main')
    await expect(state.claim('main')).rejects.toMatchObject({ fault: 'fatal', code: 'already_running' })
    await claim.release()
    await (await state.claim('main')).release()
    await state.close()
  })

  test('the quarantine gives back whole events, oldest first, and rows their counts', async () => {
    const state = open()
    const lane = await (await state.claim('main')).lane('live', 'f')
    await lane.commit({
      cursor: 'a',
      delivered: [{ id: '1', at }],
      quarantined: [entry, { ...entry, id: undefined, event: 'not even an object' }],
    })
    expect(await collect(state.quarantine())).toMatchObject([
      { number: 1, pipeline: 'main', ...entry },
      { number: 2, id: undefined, event: 'not even an object' },
    ])
    expect(await collect(state.quarantine('other'))).toEqual([])
    expect(await state.lanes()).toMatchObject([
      {
        pipeline: 'main',
        lane: 'live',
        cursor: 'a',
        delivered: 1,
        quarantined: 2,
        newestAt: '2026-02-01T10:00:00.000Z',
      },
    ])
    await state.close()
  })
})

describe('the SQLite state', () => {
  test('survives being closed and opened, and is readable by its owner alone', async () => {
    const first = sqliteState({ path: path() })
    const claim = await first.claim('main')
    const commit = { cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] }
    await (await claim.lane('live', 'f')).commit(commit)
    await claim.release()
    await first.close()
    const second = sqliteState({ path: path() })
    const lane = await (await second.claim('main')).lane('live', 'f')
    expect(await lane.load()).toBe('a')
    expect(await lane.known(['1', '2'])).toEqual(new Set(['1']))
    await second.close()
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o077).toBe(0)
  })

  test('a commit that fails half-way leaves nothing of itself', async () => {
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const broken = { ...entry, code: null as never }
    await expect(
      lane.commit({ cursor: 'b', delivered: [{ id: '1', at }], quarantined: [broken] }),
    ).rejects.toThrow()
    expect(await lane.load()).toBeUndefined()
    expect(await lane.known(['1'])).toEqual(new Set())
    await lane.commit({ cursor: 'c', delivered: [], quarantined: [] })
    expect(await lane.load()).toBe('c')
    await state.close()
  })

  test('the claim ends with the process that held it, however it died', async () => {
    const script = `
      import { sqliteState } from '@asana-audit/core/sqlite-state'
      await sqliteState({ path: ${JSON.stringify(path())} }).claim('main')
      console.log('claimed')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const state = sqliteState({ path: path() })
    await expect(state.claim('main')).rejects.toMatchObject({ code: 'already_running' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await state.claim('main')).release()
    await state.close()
  })

  const refused = (): unknown => {
    try {
      sqliteState({ path: path() })
      return undefined
    } catch (error) {
      return error
    }
  }

  test("somebody else's database is refused and left as it was", () => {
    const theirs = new DatabaseSync(path())
    theirs.exec('CREATE TABLE notes (text)')
    theirs.close()
    const before = readFileSync(path())
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'foreign_state' })
    expect(readFileSync(path()).equals(before)).toBe(true)
  })

  test('a file that is no database is refused and left as it was', () => {
    writeFileSync(
      path(),
      'something else entirely, and long enough to be read as a header of a database file'.repeat(20),
    )
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'foreign_state' })
    expect(readFileSync(path(), 'utf8')).toContain('something else')
  })

  test('a state of a later version is refused with what to do', async () => {
    await sqliteState({ path: path() }).close()
    const later = new DatabaseSync(path())
    later.exec('PRAGMA user_version = 99')
    later.close()
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'newer_state' })
  })

  test('a folder that does not exist is a fault with the path in it', () => {
    const found = (() => {
      try {
        sqliteState({ path: join(folder, 'no', 'state.db') })
      } catch (error) {
        return error
      }
    })()
    expect(found).toMatchObject({ fault: 'fatal', code: 'state_unusable' })
    expect(String(found)).toContain(join(folder, 'no', 'state.db'))
  })

  test('an id costs at most 32 bytes on disk', async () => {
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = Array.from({ length: 20_000 }, (_, index) => ({
      id: String(1_200_000_000_000_000 + index),
      at,
    }))
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    await state.close()
    expect(statSync(path()).size / delivered.length).toBeLessThanOrEqual(32)
  })

  async function* from(lines: readonly string[]): AsyncGenerator<string> {
    yield* lines
  }

  async function exported(): Promise<string[]> {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    const delivered = [
      { id: '1200000000000001', at },
      { id: 'another form', at },
    ]
    await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered, quarantined: [entry] })
    await claim.rewind('rewound', 'b', at + 3_600_000)
    // Beside a runner: the claim is still held.
    const lines = await collect(state.export())
    await claim.release()
    await state.close()
    return lines
  }

  test('an export imported elsewhere is the same state', async () => {
    const lines = await exported()
    const copy = sqliteState({ path: join(folder, 'copy.db') })
    await copy.import(from(lines))
    const original = sqliteState({ path: path() })
    expect(await copy.lanes()).toEqual(await original.lanes())
    const whole = ['main', 0, Number.MAX_SAFE_INTEGER] as const
    expect(await copy.ledger(...whole)).toEqual(await original.ledger(...whole))
    expect(await collect(copy.quarantine())).toMatchObject([entry])
    const claim = await copy.claim('main')
    const lane = await claim.lane('live', 'f')
    expect(await lane.known(['1200000000000001', 'another form', '9', '2'])).toEqual(
      new Set(['1200000000000001', 'another form', '9']),
    )
    expect(await (await claim.lane('rewound', 'any')).load()).toBe('b')
    await original.close()
    await copy.close()
  })

  test('an import refuses beside a runner, over a pipeline that is there, and anything but a whole export', async () => {
    const lines = await exported()
    const state = sqliteState({ path: join(folder, 'other.db') })
    const refusals: [string[], string][] = [
      [lines.slice(0, -1), 'not_an_export'],
      [lines.slice(1), 'not_an_export'],
      [['hello'], 'not_an_export'],
      [[], 'not_an_export'],
    ]
    for (const [text, code] of refusals) {
      await expect(state.import(from(text))).rejects.toMatchObject({ fault: 'fatal', code })
    }
    expect(await state.lanes()).toEqual([])
    const claim = await state.claim('main')
    await expect(state.import(from(lines))).rejects.toMatchObject({ code: 'already_running' })
    await claim.release()
    await state.import(from(lines))
    await expect(state.import(from(lines))).rejects.toMatchObject({ code: 'pipeline_exists' })
    await state.close()
  })
})
