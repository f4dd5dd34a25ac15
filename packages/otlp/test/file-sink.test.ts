import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sink } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { tempDir } from '../../jsonl/test/support/temp-dir.ts'
import { putRecord, type WriteRecord } from '../src/encoding.ts'
import { type FileSinkOptions, fileSink, type SinkWarning } from '../src/index.ts'
import { decodeJson } from './support/decoded-logs.ts'
import { faultOf } from './support/fault-of.ts'
import { uidsByLine } from './support/lines-of.ts'
import { origin, record, records } from './support/records.ts'

function sinkAt(path: string, options: Partial<FileSinkOptions> = {}): Sink<AuditLogRecord> {
  const sink = fileSink({ ...origin, path, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

/** The files of the folder, without the lock. */
const filesIn = (dir: string): string[] => readdirSync(dir).filter((name) => !name.endsWith('.lock'))

const filePath = (): string => join(tempDir(), 'audit.jsonl')

describe('a file of OTLP JSON lines', () => {
  test('holds one LogsData a line, of 1,000 records at most', async () => {
    const path = filePath()
    await sinkAt(path).write(records(2500), neverAborted)
    const lines = uidsByLine(path)
    expect(lines.map((line) => line.length)).toEqual([1000, 1000, 500])
    expect(lines.flat()).toEqual(records(2500).map((_, i) => String(i)))
    const [first] = readFileSync(path, 'utf8').split('\n')
    expect(Object.keys(JSON.parse(first!))).toEqual(['resourceLogs'])
    expect(decodeJson(Buffer.from(first!)).scope).toEqual(origin.scope)
  })

  test('holds what the sink makes of each item, if it writes the records itself', async () => {
    const path = filePath()
    const writeRecord: WriteRecord<string> = (gid, put) => putRecord(record(gid), put)
    const sink = fileSink({ ...origin, path, writeRecord })
    onTestFinished(() => sink.close?.())
    await sink.write(['a', 'b'], neverAborted)
    expect(uidsByLine(path)).toEqual([['a', 'b']])
  })

  test('keeps its lines below 1 MiB, line feed included', async () => {
    const path = filePath()
    const large = Array.from({ length: 40 }, (_, i) => record(String(i), { pad: 'é'.repeat(50_000) }))
    await sinkAt(path).write(large, neverAborted)
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) expect(Buffer.byteLength(line) + 1).toBeLessThan(1024 * 1024)
    expect(uidsByLine(path).flat()).toEqual(large.map((_, i) => String(i)))
  })

  test('writes a record of more than 1 MiB in its own line, with a warning', async () => {
    const path = filePath()
    const warnings: SinkWarning[] = []
    const write = [record('a'), record('b', { pad: 'x'.repeat(1_100_000) }), record('c')]
    await sinkAt(path, { onWarning: (warning) => warnings.push(warning) }).write(write, neverAborted)
    expect(uidsByLine(path)).toEqual([['a'], ['b'], ['c']])
    expect(warnings.map(({ code }) => code)).toEqual(['long_line'])
  })

  test('is created at the first write, and only its owner can read it', async () => {
    const path = filePath()
    const sink = sinkAt(path)
    expect(existsSync(path)).toBe(false)
    await sink.write(records(1), neverAborted)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is continued by a later sink', async () => {
    const path = filePath()
    for (const gid of ['a', 'b', 'c']) {
      const sink = fileSink({ ...origin, path })
      await sink.write([record(gid)], neverAborted)
      await sink.close?.()
    }
    expect(uidsByLine(path)).toEqual([['a'], ['b'], ['c']])
  })

  test('keeps concurrent writes whole and in order', async () => {
    const path = filePath()
    const sink = sinkAt(path)
    const gids = Array.from({ length: 20 }, (_, i) => String(i))
    await Promise.all(gids.map((gid) => sink.write([record(gid)], neverAborted)))
    expect(uidsByLine(path).flat()).toEqual(gids)
  })

  test('has every record before one that cannot be encoded', async () => {
    const path = filePath()
    const write = records(5)
    write[3] = { ...record('3'), observedTimestamp: [0, 1e9] }
    const found = await faultOf(sinkAt(path).write(write, neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', code: 'unencodable', at: 3, accepted: 3 })
    expect(uidsByLine(path)).toEqual([['0', '1', '2']])
  })
})

describe('a torn last line', () => {
  /** A file of two lines; its last `missing` bytes never reached the disk. */
  async function torn(missing: number): Promise<string> {
    const path = filePath()
    const sink = fileSink({ ...origin, path })
    await sink.write([record('whole')], neverAborted)
    await sink.write([record('torn', { pad: 'x'.repeat(200_000) })], neverAborted)
    await sink.close?.()
    truncateSync(path, statSync(path).size - missing)
    return path
  }

  test.each([1, 100, 150_000, 200_400])(
    'that lacks %i bytes is cut off before the next write',
    async (missing) => {
      const path = await torn(missing)
      const warnings: SinkWarning[] = []
      await sinkAt(path, { onWarning: (warning) => warnings.push(warning) }).write(
        [record('next')],
        neverAborted,
      )
      expect(uidsByLine(path)).toEqual([['whole'], ['next']])
      expect(warnings.map(({ code }) => code)).toEqual(['torn_line_cut'])
    },
  )

  test('may be the only one', async () => {
    const path = filePath()
    writeFileSync(path, '{"resourceLogs":[{"re')
    const warnings: SinkWarning[] = []
    await sinkAt(path, { onWarning: (warning) => warnings.push(warning) }).write(
      [record('next')],
      neverAborted,
    )
    expect(uidsByLine(path)).toEqual([['next']])
    expect(warnings[0]!.message).toContain('21 bytes')
  })

  test('may be zeros, as a power failure leaves them', async () => {
    const path = filePath()
    const before = sinkAt(path)
    await before.write([record('whole')], neverAborted)
    await before.close?.()
    appendFileSync(path, Buffer.alloc(70_000))
    await sinkAt(path).write([record('next')], neverAborted)
    expect(uidsByLine(path)).toEqual([['whole'], ['next']])
  })

  test('is not cut off from a file of another program', async () => {
    const path = join(tempDir(), 'notes.txt')
    writeFileSync(path, 'Dear diary,\nno line feed here')
    const found = await faultOf(sinkAt(path).write([record('next')], neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_ours', accepted: 0 })
    expect(readFileSync(path, 'utf8')).toBe('Dear diary,\nno line feed here')
  })
})

describe('a file of another program', () => {
  const ours = '{"resourceLogs":[]}\n'

  test.each([
    ['begins with', 'Dear diary,\nit rained.\n'],
    ['begins with', 'pipelines:\n'],
    ['begins with', '\n'],
    ['begins with', `# events\n${ours}`],
    ['begins with', '{% if %}\n{% endif %}\n'],
    ['ends in', '{\n  "resourceLogs": []\n}\n'],
    ['ends in', `${ours}{"resourceLogs":[],\n`],
    ['ends in', `${ours}${'x'.repeat(200_000)}}\n`],
    ['ends in half', `${ours}no line feed here`],
  ])('that %s a line of something else is not touched', async (where, text) => {
    const path = join(tempDir(), 'notes.txt')
    writeFileSync(path, text)
    const found = await faultOf(sinkAt(path).write([record('next')], neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_ours', accepted: 0 })
    expect(found.message).toContain(`${path} ${where}`)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test.each([ours, '{"a":1}\n{}\n', `{"pad":"${'x'.repeat(200_000)}"}\n`, `${ours}{"half`])(
    'is not one whose lines are objects',
    async (text) => {
      const path = filePath()
      writeFileSync(path, text)
      await sinkAt(path).write([record('next')], neverAborted)
      const kept = text.slice(0, text.lastIndexOf('\n') + 1)
      expect(readFileSync(path, 'utf8').startsWith(`${kept}{"resourceLogs"`)).toBe(true)
    },
  )
})

describe('rotation', () => {
  test('renames full files with a date; none is over the size and no record is lost', async () => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    const sink = sinkAt(path, { rotateBytes: 3000 })
    const gids = Array.from({ length: 40 }, (_, i) => String(i))
    for (const gid of gids) await sink.write([record(gid)], neverAborted)
    const names = filesIn(dir).sort()
    expect(names.length).toBeGreaterThan(5)
    expect(names.pop()).toBe('audit.jsonl')
    for (const name of names) expect(name).toMatch(/^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.jsonl$/)
    const inOrder = [...names, 'audit.jsonl'].map((name) => join(dir, name))
    for (const file of inOrder) expect(statSync(file).size).toBeLessThanOrEqual(3000)
    expect(inOrder.flatMap(uidsByLine).flat()).toEqual(gids)
  })

  test('keeps the newest full files, as many as the option says, and deletes no file of another name', async () => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    const others = [
      'audit-2020-01-01T00-00-00.000.jsonl.gz',
      'audit-2020-01-01T00-00-00.jsonl',
      'audit-copy-2020-01-01T00-00-00.000.jsonl',
      'audit-2020-01-01T00-00-00.000.json',
      'other-2020-01-01T00-00-00.000.jsonl',
    ]
    for (const name of others) writeFileSync(join(dir, name), 'theirs')
    mkdirSync(join(dir, 'audit-2020-01-01T00-00-00.001.jsonl'))
    symlinkSync(join(dir, others[0]!), join(dir, 'audit-2020-01-01T00-00-00.002.jsonl'))
    writeFileSync(join(dir, 'audit-2020-01-01T00-00-00.000.jsonl'), 'of an earlier run\n')
    const before = filesIn(dir)
    const sink = sinkAt(path, { rotateBytes: 1, rotateKeep: 2 })
    for (let gid = 0; gid < 6; gid++) await sink.write([record(String(gid))], neverAborted)
    const left = filesIn(dir)
    expect(before.filter((name) => !left.includes(name))).toEqual(['audit-2020-01-01T00-00-00.000.jsonl'])
    const ours = left.filter((name) => !before.includes(name) && name !== 'audit.jsonl').sort()
    // The last write has rotated a file, which counts after the write was accepted.
    expect(ours.flatMap((name) => uidsByLine(join(dir, name)).flat())).toEqual(['2', '3', '4'])
    expect(uidsByLine(path).flat()).toEqual(['5'])
  })

  test('deletes no file that a write has rotated before that write is accepted', async () => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    const sink = sinkAt(path, { rotateBytes: 1, rotateKeep: 1 })
    await sink.write(records(3500), neverAborted)
    const inOrder = (): unknown[] =>
      filesIn(dir)
        .sort(
          (one, other) =>
            Number(one === 'audit.jsonl') - Number(other === 'audit.jsonl') || (one < other ? -1 : 1),
        )
        .flatMap((name) => uidsByLine(join(dir, name)).flat())
    expect(inOrder()).toEqual(records(3500).map((_, i) => String(i)))
    await sink.write([record('next')], neverAborted)
    expect(inOrder().at(-1)).toBe('next')
    expect(inOrder()).toHaveLength(1000 + 500 + 1)
  })

  test('without a number of files to keep deletes nothing; a number below one is refused', async () => {
    const dir = tempDir()
    const sink = sinkAt(join(dir, 'audit.jsonl'), { rotateBytes: 1 })
    for (let gid = 0; gid < 6; gid++) await sink.write([record(String(gid))], neverAborted)
    expect(filesIn(dir)).toHaveLength(6)
    expect(() => sinkAt(join(dir, 'audit.jsonl'), { rotateKeep: 0 })).toThrow('from 1')
  })

  test('may happen in the middle of a write, and keeps a line that is longer than the size whole', async () => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    await sinkAt(path, { rotateBytes: 1000 }).write(records(2500), neverAborted)
    const files = filesIn(dir).sort()
    expect(files).toHaveLength(3)
    const all = [...files.slice(0, -1), 'audit.jsonl'].flatMap((name) => uidsByLine(join(dir, name)))
    expect(all.map((line) => line.length)).toEqual([1000, 1000, 500])
  })

  test('counts the bytes that a file already has', async () => {
    const dir = tempDir()
    const path = join(dir, 'audit.jsonl')
    const before = sinkAt(path)
    await before.write([record('old')], neverAborted)
    await before.close?.()
    await sinkAt(path, { rotateBytes: statSync(path).size }).write([record('new')], neverAborted)
    expect(uidsByLine(path)).toEqual([['new']])
    expect(filesIn(dir)).toHaveLength(2)
  })
})

describe('a file that somebody moved or deleted', () => {
  test('is created again, so that no record is lost', async () => {
    const path = filePath()
    const sink = sinkAt(path)
    await sink.write([record('a')], neverAborted)
    renameSync(path, `${path}.1`)
    await sink.write([record('b')], neverAborted)
    unlinkSync(path)
    await sink.write([record('c')], neverAborted)
    expect(uidsByLine(`${path}.1`)).toEqual([['a']])
    expect(uidsByLine(path)).toEqual([['c']])
  })
})

describe('a write that fails', () => {
  test('because the directory is missing says so', async () => {
    const found = await faultOf(sinkAt(join(tempDir(), 'no', 'audit.jsonl')).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'no_directory', accepted: 0 })
  })

  test('because the path is a directory says so', async () => {
    const found = await faultOf(sinkAt(tempDir()).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'is_a_directory', accepted: 0 })
  })

  test.skipIf(process.platform === 'win32')(
    'because the path is a pipe says so, and does not wait',
    async () => {
      const path = filePath()
      execFileSync('mkfifo', [path])
      const found = await faultOf(sinkAt(path).write(records(1), neverAborted))
      expect(found).toMatchObject({ fault: 'fatal', code: 'not_a_file', accepted: 0 })
    },
  )

  test('because nothing can be at the path says so, and is not tried again', async () => {
    const circle = join(tempDir(), 'circle')
    symlinkSync(circle, circle)
    const tooLong = join(tempDir(), 'x'.repeat(5_000))
    for (const path of [circle, tooLong]) {
      const found = await faultOf(sinkAt(path).write(records(1), neverAborted))
      expect(found).toMatchObject({ fault: 'fatal', code: 'bad_path', accepted: 0 })
    }
  })

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'because permission is missing says so',
    async () => {
      const dir = tempDir()
      chmodSync(dir, 0o500)
      const found = await faultOf(sinkAt(join(dir, 'audit.jsonl')).write(records(1), neverAborted))
      expect(found).toMatchObject({ fault: 'fatal', code: 'no_permission', accepted: 0 })
    },
  )

  test('works after the cause is removed', async () => {
    const dir = join(tempDir(), 'later')
    const path = join(dir, 'audit.jsonl')
    const sink = sinkAt(path)
    await faultOf(sink.write([record('a')], neverAborted))
    mkdirSync(dir)
    await sink.write([record('a')], neverAborted)
    expect(uidsByLine(path)).toEqual([['a']])
  })

  test.skipIf(!existsSync('/dev/full'))('on a full device waits for room', async () => {
    const found = await faultOf(sinkAt('/dev/full').write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'no_space', accepted: 0 })
  })

  test.skipIf(process.platform === 'win32')('in the middle leaves no half line behind', () => {
    const path = filePath()
    const script = fileURLToPath(new URL('./support/write-until-full.ts', import.meta.url))
    // 32 blocks of 512 bytes: 16 KiB.
    const limited = 'ulimit -f 32; exec "$0" "$1" "$2"'
    const output = execFileSync('sh', ['-c', limited, process.execPath, script, path], { encoding: 'utf8' })
    const outcomes = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(outcomes).toEqual(['accepted', { fault: 'temporary', code: 'no_space', accepted: 0 }, 'accepted'])
    expect(uidsByLine(path)).toEqual([['0', '1'], ['after']])
  })

  test('because it was aborted removes what it had appended', async () => {
    const path = filePath()
    const sink = sinkAt(path)
    await sink.write([record('before')], neverAborted)
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const write = Array.from({ length: 1500 }, (_, i) => record(String(i)))
    // When this record is encoded for the second line, the first line is in the file.
    Object.defineProperty(write[1400], 'body', {
      get() {
        abort.abort(reason)
        return 'aborts'
      },
    })
    await expect(sink.write(write, abort.signal)).rejects.toBe(reason)
    await sink.write([record('after')], neverAborted)
    expect(uidsByLine(path)).toEqual([['before'], ['after']])
  })
})
