import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { memoryState, type QuarantineEntry, type State } from '@asana-audit/core'
import { openEnd } from '@asana-audit/core/ledger'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { stateContract } from '@asana-audit/core/testing'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

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
  ['SQLite', () => sqliteState({ path: join(mkdtempSync(join(folder, 'state-')), 'state.db') })],
])('%s:', (_, open) => {
  stateContract(test, open)
})

test('in memory, a claim from before the state was closed does not release a later claim', async () => {
  const state = memoryState()
  const first = await state.claim('main')
  await state.close()
  await state.claim('main')
  await first.release()
  await expect(state.claim('main')).rejects.toMatchObject({ code: 'already_running' })
})

describe('the SQLite state', () => {
  test('reports to a later call that it is closed, not that it was deleted', async () => {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    const lane = await claim.lane('live', 'f')
    await state.close()
    const closed = { fault: 'fatal', final: true, code: 'state_closed' }
    await expect(lane.commit({ cursor: 'a', delivered: [], quarantined: [] })).rejects.toMatchObject(closed)
    await expect(state.claim('main')).rejects.toMatchObject(closed)
    await expect(state.lanes()).rejects.toMatchObject(closed)
    await claim.release()
    await state.close()
  })

  test('keeps its content when it is closed and opened, and only its owner can read it', async () => {
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

  test('a commit that fails in the middle changes nothing', async () => {
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

  test('the claim ends with the process that held it, also if it was killed', async () => {
    const script = `
      import { sqliteState } from '@asana-audit/core/sqlite-state'
import { stateContract } from '@asana-audit/core/testing'
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

  test('a claim that the caller does not keep is held until the process ends', async () => {
    const script = `
      import { sqliteState } from '@asana-audit/core/sqlite-state'
      globalThis.state = sqliteState({ path: ${JSON.stringify(path())} })
      await state.claim('main')
      for (let turn = 0; turn < 20; turn++) {
        await new Promise(setImmediate)
        gc()
      }
      console.log('collected')
      setInterval(() => {}, 1000)`
    const child = spawn(
      process.execPath,
      ['--no-warnings', '--expose-gc', '--input-type=module', '-e', script],
      { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const state = sqliteState({ path: path() })
    await expect(state.claim('main')).rejects.toMatchObject({ code: 'already_running' })
    await state.close()
  })

  test('closing a state releases its claims', async () => {
    const state = sqliteState({ path: path() })
    await state.claim('main')
    await state.close()
    const next = sqliteState({ path: path() })
    await (await next.claim('main')).release()
    await next.close()
  })

  test('a claim holds by whatever path the state is reached', async () => {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    symlinkSync(path(), join(folder, 'link.db'))
    symlinkSync(folder, join(folder, 'again'))
    for (const other of [join(folder, 'link.db'), join(folder, 'again', 'state.db'), relative('.', path())]) {
      const second = sqliteState({ path: other })
      await expect(second.claim('main')).rejects.toMatchObject({ fault: 'fatal', code: 'already_running' })
      await second.close()
    }
    await claim.release()
    await state.close()
    linkSync(path(), join(folder, 'hard.db'))
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'hard_linked' })
  })

  test('a folder as the path is refused, and the message names a file in it', async () => {
    const state = () => sqliteState({ path: folder })
    expect(state).toThrow(
      `The state ${folder} is a folder. Give the path of a file in it, for example ${join(folder, 'state.db')}.`,
    )
  })

  test('a failed attempt of this process does not release its claim', async () => {
    const state = sqliteState({ path: path() })
    await state.claim('main')
    await expect(state.claim('main')).rejects.toMatchObject({ code: 'already_running' })
    const second = sqliteState({ path: path() })
    await expect(second.claim('main')).rejects.toMatchObject({ code: 'already_running' })
    await second.close()
    const script = `
      import { sqliteState } from '@asana-audit/core/sqlite-state'
      await sqliteState({ path: ${JSON.stringify(path())} }).claim('main').catch(({ code }) => console.log(code))`
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    expect(await text(child.stdout)).toBe('already_running\n')
    await state.close()
  })

  const gone = { fault: 'fatal', final: true, code: 'state_gone' }

  test.each<[string, (place: string) => void]>([
    ['was deleted', (place) => rmSync(place)],
    ['was moved away', (place) => renameSync(place, `${place}.old`)],
    ['was deleted with all that belongs to it', () => rmSync(folder, { recursive: true })],
    ['lost its log of writes', (place) => rmSync(`${place}-wal`)],
    [
      'was replaced by another',
      (place) => {
        rmSync(place)
        writeFileSync(place, '')
      },
    ],
  ])('a state that %s is noticed at the next commit, which saves nothing', async (_, harm) => {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    const lane = await claim.lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
    harm(path())
    const change = { cursor: 'b', delivered: [{ id: '1', at }], quarantined: [] }
    await expect(lane.commit(change)).rejects.toMatchObject(gone)
    await expect(claim.rewind('live', 'c', at)).rejects.toMatchObject(gone)
    await expect(state.discharge([1])).rejects.toMatchObject(gone)
    expect(await lane.load()).toBe('a')
    // Nobody makes another one in its place either.
    await expect(collect(state.export())).rejects.toMatchObject(gone)
    await claim.release()
    await state.close()
    mkdirSync(folder, { recursive: true })
  })

  test('a lock whose file was deleted is acquired again, unless another process was faster', async () => {
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const deleteLocks = (): void => {
      for (const name of readdirSync(folder)) if (name.endsWith('.lock')) rmSync(join(folder, name))
    }
    deleteLocks()
    await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
    const second = sqliteState({ path: path() })
    await expect(second.claim('main')).rejects.toMatchObject({ code: 'already_running' })
    deleteLocks()
    await second.claim('main')
    await expect(lane.commit({ cursor: 'b', delivered: [], quarantined: [] })).rejects.toMatchObject({
      final: true,
      code: 'already_running',
    })
    expect(await lane.load()).toBe('a')
    await second.close()
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

  test('a database of another program is refused and not changed', () => {
    const theirs = new DatabaseSync(path())
    theirs.exec('CREATE TABLE notes (text)')
    theirs.close()
    const before = readFileSync(path())
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'foreign_state' })
    expect(readFileSync(path()).equals(before)).toBe(true)
  })

  test('a file that is not a database is refused and not changed', () => {
    writeFileSync(
      path(),
      'something else entirely, and long enough to be read as a header of a database file'.repeat(20),
    )
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'foreign_state' })
    expect(readFileSync(path(), 'utf8')).toContain('something else')
  })

  test('a damaged state is refused with what to do', async () => {
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = Array.from({ length: 2_000 }, (_, index) => ({ id: `event ${index}`, at }))
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    await state.close()
    const file = readFileSync(path())
    // Everything but the first page, which has the header and the schema.
    writeFileSync(path(), file.fill(0xa5, 4_096))
    const damaged = sqliteState({ path: path() })
    await expect(damaged.lanes()).rejects.toMatchObject({ fault: 'fatal', code: 'corrupt_state' })
    await damaged.close()
  })

  test('a state of a later version is refused with what to do', async () => {
    await sqliteState({ path: path() }).close()
    const later = new DatabaseSync(path())
    later.exec('PRAGMA user_version = 99')
    later.close()
    expect(refused()).toMatchObject({ fault: 'fatal', code: 'newer_state' })
  })

  test('a state of the first version is migrated and keeps its positions', async () => {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({
      cursor: 'a',
      delivered: [{ id: '1', at }],
      quarantined: [{ ...entry, id: '2', kind: 'malformed' }],
    })
    await claim.release()
    await state.close()
    const first = new DatabaseSync(path())
    first.exec("UPDATE quarantine SET kind = 'refused'")
    first.exec('ALTER TABLE ledger RENAME COLUMN checksum TO mix; ALTER TABLE lane DROP COLUMN read_by')
    first.exec('ALTER TABLE pipeline DROP COLUMN rejected_since; ALTER TABLE known DROP COLUMN lane')
    first.exec('DROP TABLE asked; DROP TABLE note')
    first.exec('ALTER TABLE ledger DROP COLUMN content; ALTER TABLE ledger DROP COLUMN content_form')
    first.exec('DROP INDEX quarantine_hour; ALTER TABLE quarantine DROP COLUMN counted_in')
    first.exec('PRAGMA user_version = 1')
    first.close()
    const migrated = sqliteState({ path: path() })
    const lane = await (await migrated.claim('main')).lane('live', 'f')
    expect(await lane.load()).toBe('a')
    expect(await lane.known(['1'])).toEqual(new Set(['1']))
    const [kept] = await Array.fromAsync(migrated.quarantine('main'))
    expect(kept).toMatchObject({ id: '2', kind: 'malformed' })
    expect(await migrated.lanes()).toMatchObject([{ cursor: 'a', delivered: 1, readBy: undefined }])
    await lane.commit({ cursor: 'b', readBy: 'other', delivered: [], quarantined: [entry] })
    expect(await migrated.lanes()).toMatchObject([{ cursor: 'b', readBy: 'other' }])
    expect(await lane.acceptance?.()).toMatchObject({ delivered: 1, rejectedSince: 1 })
    // It did not say what it was asked for: all after the hour that its ledger begins in.
    const asked = [{ from: at + 3_600_000, until: openEnd }]
    expect(await migrated.pipelines()).toEqual([{ pipeline: 'main', asked }])
    const contents = (await migrated.ledger('main', 0, openEnd)).map(({ content }) => content)
    expect(contents).toEqual([undefined, undefined])
    await migrated.note('main', 'alarms', 'kept')
    expect(await migrated.notes('alarms')).toEqual(new Map([['main', 'kept']]))
    await migrated.close()
  })

  test('a note is kept over a restart, one text for each pipeline and name, and is found by its name', async () => {
    const state = sqliteState({ path: path() })
    await state.note('main', 'alarms', 'first')
    await state.note('main', 'alarms', 'second')
    await state.note('other', 'alarms', 'third')
    await state.note('main', 'detections', 'fourth')
    await state.close()
    const reopened = sqliteState({ path: path() })
    expect([...(await reopened.notes('alarms'))]).toEqual([
      ['main', 'second'],
      ['other', 'third'],
    ])
    expect(await reopened.notes('unknown')).toEqual(new Map())
    await reopened.close()
  })

  test('several notes of a pipeline are kept together, and one without a text is removed', async () => {
    const state = sqliteState({ path: path() })
    await state.note('other', 'alarms', 'third')
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
      ]),
    )
    await state.close()
    const reopened = sqliteState({ path: path() })
    expect([...(await reopened.notesOf('main'))]).toEqual([
      ['b', 'second'],
      ['c', 'fourth'],
    ])
    await reopened.close()
  })

  test('a forgotten pipeline leaves no note', async () => {
    const state = sqliteState({ path: path() })
    await state.note('main', 'alarms', 'first')
    await state.note('other', 'alarms', 'second')
    await (await state.claim('main')).forget()
    expect([...(await state.notes('alarms'))]).toEqual([['other', 'second']])
    expect(await state.isRunning('main')).toBe(false)
    await state.close()
  })

  test('a folder that does not exist is a fault that names its path', () => {
    const found = (() => {
      try {
        sqliteState({ path: join(folder, 'no', 'state.db') })
      } catch (error) {
        return error
      }
    })()
    expect(found).toMatchObject({ fault: 'fatal', code: 'state_unusable' })
    expect(String(found)).toContain(`${join(folder, 'no', 'state.db')} does not exist. Create it`)
  })

  test('a lock that cannot be created is a fault that names the lock, because the state itself may be usable', async () => {
    const state = sqliteState({ path: path() })
    await (await state.claim('main')).release()
    const lock = readdirSync(folder).find((name) => name.endsWith('.lock'))!
    rmSync(join(folder, lock))
    symlinkSync(join(folder, lock), join(folder, lock))
    const refused = await state.claim('main').catch((error: unknown) => error)
    expect(refused).toMatchObject({ fault: 'fatal', code: 'state_unusable' })
    expect(String(refused)).toContain(`its lock ${join(realpathSync(folder), lock)} (ELOOP)`)
    await state.close()
  })

  test('a fault of the state has the message of SQLite', async () => {
    const state = sqliteState({ path: path() })
    await (await state.claim('main')).release()
    const lock = readdirSync(folder).find((name) => name.endsWith('.lock'))!
    rmSync(join(folder, lock))
    mkdirSync(join(folder, lock))
    const refused = await state.claim('main').catch((error: unknown) => error)
    expect(refused).toMatchObject({ fault: 'fatal', code: 'state_unusable' })
    expect(String(refused)).toMatch(/cannot be used \(unable to open database file\)\. Check whether/)
    await state.close()
  })

  test('an id costs at most 32 bytes on disk', async () => {
    await sqliteState({ path: path() }).close()
    const empty = statSync(path()).size
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = Array.from({ length: 20_000 }, (_, index) => ({
      id: String(1_200_000_000_000_000 + index),
      at,
    }))
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    await state.close()
    expect((statSync(path()).size - empty) / delivered.length).toBeLessThanOrEqual(32)
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
    const lane = await claim.lane('live', 'f')
    await lane.commit({ cursor: 'a', readBy: 'other', delivered, quarantined: [entry] })
    await claim.rewind('rewound', 'b', at + 3_600_000)
    // Beside a runner: the claim is still held.
    const lines = await collect(state.export())
    await claim.release()
    await state.close()
    return lines
  }

  test('a ledger of 90 days takes less than a megabyte', async () => {
    const state = sqliteState({ path: path() })
    const lane = await (await state.claim('main')).lane('live', 'f')
    const hours = Array.from({ length: 90 * 24 }, (_, hour) => at - hour * 3_600_000)
    const aside = (kind: 'rejected' | 'uncertain'): QuarantineEntry[] =>
      hours.map((time) => {
        const id = `${kind} ${time}`
        return { ...entry, kind, id, event: { gid: id, created_at: new Date(time).toISOString() } }
      })
    await lane.commit({
      cursor: 'a',
      delivered: hours.map((time) => ({ id: String(time), at: time })),
      quarantined: [...aside('rejected'), ...aside('uncertain')],
    })
    expect(await state.ledger('main', 0, at + 3_600_000)).toHaveLength(hours.length * 3)
    await state.close()
    const file = new DatabaseSync(path())
    file.exec('DELETE FROM known; DELETE FROM quarantine; VACUUM')
    file.close()
    expect(statSync(path()).size).toBeLessThan(1_000_000)
  })

  test('an export imported elsewhere is the same state', async () => {
    const lines = await exported()
    const copy = sqliteState({ path: join(folder, 'copy.db') })
    await copy.import(from(lines))
    const original = sqliteState({ path: path() })
    expect(await copy.lanes()).toEqual(await original.lanes())
    expect(await copy.pipelines()).toEqual(await original.pipelines())
    expect((await copy.pipelines())[0]?.asked).toHaveLength(1)
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

  test('an export has where something stands, and not what a watcher remembers', async () => {
    const state = sqliteState({ path: path() })
    await state.note('main', 'position.head', '{"at":1}')
    await state.note('main', 'alarms', 'behind')
    const lines = await collect(state.export())
    await state.close()
    const copy = sqliteState({ path: join(folder, 'copy.db') })
    // From an earlier time.
    await copy.note('main', 'position.head', '{"at":0}')
    await copy.import(from(lines))
    expect([...(await copy.notesOf('main'))]).toEqual([['position.head', '{"at":1}']])
    await copy.close()
  })

  test('an export from before pipelines shared pages can be imported', async () => {
    const lines = withoutSum(await exported()).map((line) => line.replace(',"other"]', ']'))
    const copy = sqliteState({ path: join(folder, 'copy.db') })
    await copy.import(from(lines))
    expect(await copy.lanes()).toMatchObject([
      { lane: 'live', cursor: 'a', readBy: undefined },
      { lane: 'rewound', cursor: 'b', readBy: undefined },
    ])
    await copy.close()
    const short = lines.map((line) => line.replace(/,"[^"]*"\]\}$/, ']}'))
    const state = sqliteState({ path: join(folder, 'other.db') })
    await expect(state.import(from(short))).rejects.toMatchObject({ code: 'not_an_export' })
    await state.close()
  })

  /** As a version wrote it that counted the rows and made no checksum. */
  function withoutSum(lines: readonly string[]): string[] {
    return lines.map((line) => line.replace(/,"sha256":"[0-9a-f]{64}"\}$/, '}'))
  }

  test('an import says so if any value was changed, or two lines were exchanged, and takes nothing', async () => {
    const lines = await exported()
    const state = sqliteState({ path: join(folder, 'other.db') })
    const message = expect.stringMatching(/something in its lines was changed since.* Nothing was imported\./)
    const of = (table: string): number => lines.findIndex((line) => line.includes(`"table":"${table}"`))
    for (const [index, line] of lines.entries()) {
      // One letter or digit in each row, wherever its values begin.
      const at = line.indexOf('"row":[')
      const [, before = '', one = '', after = ''] = /^([^\w]*)(\w)(.*)$/.exec(line.slice(at + 7)) ?? []
      if (at === -1) continue
      const other = `${line.slice(0, at + 7)}${before}${one === '1' ? '2' : '1'}${after}`
      // What is no JSON any more, or not a row, is refused for that.
      const refused = { fault: 'fatal', code: 'not_an_export' }
      await expect(state.import(from(lines.with(index, other)))).rejects.toMatchObject(refused)
    }
    const quarantine = of('quarantine')
    for (const changed of [
      lines.with(of('lane'), lines[of('lane')]!.replace('"a"', '"b"')),
      lines.with(quarantine, lines[quarantine]!.replace(entry.code, `${entry.code}x`)),
      lines.with(1, lines[2]!).with(2, lines[1]!),
      lines.with(-1, lines.at(-1)!.replace(/"sha256":"./, '"sha256":"x')),
    ]) {
      expect(changed).not.toEqual(lines)
      await expect(state.import(from(changed))).rejects.toMatchObject({ code: 'not_an_export', message })
    }
    expect(await state.pipelines()).toEqual([])
    await state.import(from(lines))
    await state.close()
  })

  test('an export without a checksum can be imported, and one whose characters were escaped anew', async () => {
    const lines = await exported()
    const escaped = lines.map((line) => line.replaceAll('form', '\\u0066orm').replace('{', '{ '))
    for (const [text, name] of [
      [withoutSum(lines), 'older.db'],
      [escaped, 'escaped.db'],
    ] as const) {
      expect(text).not.toEqual(lines)
      const state = sqliteState({ path: join(folder, name) })
      await state.import(from(text))
      expect(await state.lanes()).toHaveLength(2)
      await state.close()
    }
  })

  /** As a version wrote it that did not count the rows. */
  const uncounted = (lines: readonly string[]): string[] => [...lines.slice(0, -1), '{"end":true}']

  test('an import names what is missing if a line was lost or doubled, and takes nothing', async () => {
    const lines = await exported()
    const state = sqliteState({ path: join(folder, 'other.db') })
    const row = lines.findIndex((line) => line.includes('"table":"known"'))
    const lane = lines.findIndex((line) => line.includes('"table":"lane"'))
    for (const [changed, why] of [
      [lines.toSpliced(row, 1), 'it has 2 of 3 rows of known.'],
      [lines.toSpliced(row, 0, lines[row]!), 'it has 4 of 3 rows of known.'],
      [lines.toSpliced(row, 1).toSpliced(lane, 1), 'it has 1 of 2 rows of lane and 2 of 3 rows of known.'],
    ] as const) {
      const message = expect.stringContaining(why)
      await expect(state.import(from(changed))).rejects.toMatchObject({ code: 'not_an_export', message })
    }
    expect(await state.lanes()).toEqual([])
    await state.import(from(uncounted(lines)))
    expect(await state.lanes()).toHaveLength(2)
    await state.close()
  })

  test('an import keeps the count of rejections since the last acceptance', async () => {
    const state = sqliteState({ path: path() })
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [entry, entry] })
    const lines = await collect(state.export())
    await claim.release()
    await state.close()
    for (const [text, rejectedSince] of [
      [lines, 2],
      // Of a version that did not count them.
      [uncounted(lines.filter((line) => !line.includes('"pipeline","row"'))), 0],
    ] as const) {
      const copy = sqliteState({ path: join(folder, `${rejectedSince}.db`) })
      await copy.import(from(text))
      const lane = await (await copy.claim('main')).lane('live', 'f')
      expect(await lane.acceptance?.()).toEqual({ delivered: 0, rejectedSince })
      await copy.close()
    }
  })

  test('an import is refused while a pipeline runs, over an existing pipeline, and without a complete export', async () => {
    const lines = await exported()
    const state = sqliteState({ path: join(folder, 'other.db') })
    const refusals: [string[], string][] = [
      [lines.slice(0, -1), 'not_an_export'],
      [lines.slice(1), 'not_an_export'],
      [['hello'], 'not_an_export'],
      [[], 'not_an_export'],
      [[...lines, ...lines.slice(-2)], 'not_an_export'],
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
