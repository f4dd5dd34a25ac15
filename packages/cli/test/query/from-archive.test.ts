import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveSink, folderStore, type ObjectStore, s3Store } from '@asana-audit/archive'
import { type AuditLogEvent, applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { namedPipe, objectsIn } from '../../../archive/test/support/archive-folder.ts'
import { faultyProxy } from '../../../archive/test/support/faulty-proxy.ts'
import {
  access,
  noVersitygw,
  startVersitygw,
  type Versitygw,
} from '../../../archive/test/support/versitygw.ts'
import { writeArchive } from '../support/archive.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const day = 86_400_000
const until = Date.parse('2026-06-30T00:00:00Z')
const iso = (at: number): string => new Date(at).toISOString()

/** As a pipeline archives them. */
const all = generateEvents({ count: 2_000, from: until - 20 * day, until }).map((event) =>
  applyFieldPolicy(event, defaultFieldPolicy),
)

async function writeTo(store: ObjectStore, events: readonly AuditLogEvent[] = all): Promise<void> {
  const sink = archiveSink({ store, lane: 'test' })
  for (let from = 0; from < events.length; from += 150)
    await sink.write(events.slice(from, from + 150), new AbortController().signal)
  await sink.close()
}

/** Another archive in a folder, which a test may damage. */
async function another(): Promise<string> {
  const path = file(crypto.randomUUID())
  await writeTo(folderStore({ path }))
  return path
}

const linesOf = (stdout: string): AuditLogEvent[] =>
  stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line) as AuditLogEvent] : []))

let folder = ''
let lines = ''
beforeAll(async () => {
  folder = await another()
  lines = await writeArchive(file('all.jsonl'), all)
})

describe('the folder of an archive', () => {
  const since = iso(until - 12 * day)
  const range = ['--since', since, '--until', iso(until - 9 * day)]
  const inRange = all.filter(({ created_at: at }) => at >= since && at < iso(until - 9 * day))

  test('is queried like files', async () => {
    const { code, stdout, stderr } = await runCommand(['query', '--from', folder, ...range, '--json'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(linesOf(stdout)).toEqual(inRange)
  })

  test.concurrent.each([
    ['query', ['--count-by', 'event_type', '--output', 'csv']],
    ['query', ['--actor-type', 'user', '--last', '5', '--json']],
    ['detect', ['--json']],
  ])('gives %s the same answer as a file of the same events: %j', async (command, flags) => {
    const fromFolder = await runCommand([command, '--from', folder, ...range, ...flags])
    const fromFile = await runCommand([command, '--from', lines, ...range, ...flags])
    // OTLP puts the fields of an event in another order.
    const read = (text: string): unknown => (flags.includes('--json') ? linesOf(text) : text)
    expect(fromFolder.stdout).not.toBe('')
    expect(read(fromFolder.stdout)).toEqual(read(fromFile.stdout))
    expect(fromFolder.code).toBe(fromFile.code)
  })

  test('is searched around an event', async () => {
    const middle = inRange[10]!
    const { stdout } = await runCommand(['query', '--from', folder, '--around', middle.gid, '--json'])
    expect(linesOf(stdout).map(({ gid }) => gid)).toContain(middle.gid)
  })

  test('gives a report of a time range', async () => {
    const out = file('report.html')
    const { code, stderr } = await runCommand(['report', '--from', folder, ...range, '--out', out])
    expect(stderr).toContain(`${inRange.length} events`)
    expect(code).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain(inRange.length.toLocaleString('en'))
  })

  test.each([
    ['as arguments', [] as string[]],
    ['with --from', ['--from']],
  ])('is converted, event by event as it was archived, named %s', async (_, flag) => {
    const { code, stdout } = await runCommand(['convert', '--format', 'event', ...range, ...flag, folder])
    expect(code).toBe(0)
    expect(linesOf(stdout)).toEqual(inRange)
  })

  test('is converted to OTLP with the times at which the archive recorded the events', async () => {
    const flags = ['convert', '--format', 'otlp', '--workspace', '12', folder]
    const { stdout } = await runCommand(flags)
    const [, observed = ''] = /"observedTimeUnixNano":"(\d+)"/.exec(stdout) ?? []
    const entry = JSON.parse(readFileSync(join(folder, '_manifest/test/0000000001.json'), 'utf8')) as {
      written_at: string
    }
    expect(Number(BigInt(observed) / 1_000_000n)).toBe(Date.parse(entry.written_at))
  })

  test('is read together with a file, and each event comes once', async () => {
    const { stdout, stderr } = await runCommand([
      'query',
      '--from',
      folder,
      lines,
      '--count-by',
      'month',
      '--json',
    ])
    expect(stdout).toContain(`"count":${all.length}`)
    expect(stderr).toContain('Left out 2,000 repeats')
  })

  test('shows how far it is after two seconds', async () => {
    const { notes } = await import('../../src/input/reader/notes.ts')
    const { newReading } = await import('../../src/input/reader/reading.ts')
    const written: string[] = []
    const output = { write: (text: string) => written.push(text) > 0, isTTY: false } as never
    const reading = { ...newReading(), archive: { entries: 32, ofEntries: 70, objects: 0, ofObjects: 0 } }
    const { promise, resolve } = Promise.withResolvers<void>()
    const unwatch = notes({ output, log: 'human' }).watch(reading)
    const look = setInterval(() => written.length > 0 && resolve(), 10)
    await promise
    clearInterval(look)
    unwatch()
    expect(written[0]).toBe('  reading: 32 of 70 entries of the manifest\n')
  })
})

describe('an archive with damage', () => {
  test('gives the rest, names what is left out and what to do, and ends with 1', async () => {
    const damaged = await another()
    const [first = '', second = ''] = await objectsIn(damaged)
    writeFileSync(join(damaged, first), readFileSync(join(damaged, first)).subarray(0, 40))
    rmSync(join(damaged, second))
    const { code, stdout, stderr } = await runCommand(['query', '--from', damaged, '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain(first)
    expect(stderr).toContain(`${second} is in the manifest and not in the archive`)
    expect(stderr).toContain(`asana-audit archive verify ${damaged}`)
    expect(stderr).toContain('The result is not complete: 2 parts')
    expect(linesOf(stdout).length).toBeGreaterThan(1_500)
    const converted = await runCommand(['convert', '--format', 'event', damaged])
    expect(converted.code).toBe(1)
    expect(linesOf(converted.stdout)).toEqual(linesOf(stdout))
  })

  test('that has a planted object does not show it', async () => {
    const planted = await another()
    const [first = ''] = await objectsIn(planted)
    const copy = join(planted, first.replace(/[^/]+$/, '23-59-59.000-1.jsonl.gz'))
    writeFileSync(copy, readFileSync(join(planted, first)))
    const { code, stdout, stderr } = await runCommand(['query', '--from', planted, '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain('23-59-59.000-1.jsonl.gz is in the archive and not in its manifest')
    expect(linesOf(stdout)).toHaveLength(all.length)
  })
})

describe('a named pipe in an archive', () => {
  test.each([
    ['query', ['--from'], ['--json']],
    ['detect', ['--from'], ['--json']],
    ['report', ['--from'], ['--since', iso(until - 20 * day), '--out', '-']],
    ['convert', [], ['--format', 'event']],
    ['archive verify', [], []],
  ])('is named by %s and not opened, in place of an object and beside one', async (command, from, flags) => {
    const piped = await another()
    const [first = ''] = await objectsIn(piped)
    rmSync(join(piped, first))
    for (const key of [first, `${first}.txt`]) await namedPipe(join(piped, key))
    const { code, stderr, stdout } = await runCommand([...command.split(' '), ...from, piped, ...flags])
    // What detect finds in the rest comes before what is lacking.
    expect(code).toBe(command === 'detect' ? 3 : 1)
    for (const key of [first, `${first}.txt`])
      expect(stderr + stdout).toContain(`${key} is a named pipe and not a file of this archive`)
  })
})

describe('a wrong place', () => {
  const refused = async (...from: string[]): Promise<string> => {
    const { code, stderr } = await runCommand(['query', '--from', ...from])
    expect(code).toBe(2)
    return stderr
  }

  test('is named with the next step', async () => {
    expect(await refused(file('.'))).toContain('it has no _manifest')
    expect(await refused(file('none'))).toContain('Name a file that is there')
    expect(await refused('s3://No_Bucket/x')).toContain('must be the name of a bucket')
    expect(await refused('s3://bucket/a/../../other')).toContain('must not have . or .. as a part')
    expect(await refused(folder, '--since', '2026-02-02', '--until', '2026-02-01')).toContain(
      'It is not after since',
    )
  })

  test('is named by convert', async () => {
    const { code, stderr } = await runCommand(['convert', '--format', 'event', file('.')])
    expect(code).toBe(2)
    expect(stderr).toContain('it has no _manifest')
  })
})

describe.skipIf(noVersitygw)('a bucket', () => {
  const env = ({ endpoint }: Pick<Versitygw, 'endpoint'>): Record<string, string> => ({
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
    HOME: file('.'),
  })

  async function filled(): Promise<Versitygw> {
    const server = await startVersitygw()
    const { endpoint, bucket } = server
    await writeTo(s3Store({ endpoint, bucket, prefix: 'asana', access }))
    return server
  }

  test('gives query, report, detect and convert what a folder gives, for few requests', async () => {
    const server = await filled()
    const proxy = await faultyProxy(server.endpoint, () => 'pass')
    const ask = (args: readonly string[], from: string): Promise<Ran> =>
      runCommand([...args, '--from', from, '--since', '2026-06-18', '--until', '2026-06-19'], env(proxy))
    for (const args of [
      ['query', '--json'],
      ['detect', '--json'],
      ['convert', '--format', 'event'],
    ]) {
      const { stdout, code } = await ask(args, 's3://evidence/asana')
      expect(stdout).toBe((await ask(args, folder)).stdout)
      expect([0, 3]).toContain(code)
    }
    const opened = new Set(
      proxy.asked.flatMap(({ path }) => (/\/event\/day%3D.*gz/.exec(path) ? [path] : [])),
    )
    expect(opened.size).toBeLessThan(5)
    const report = await ask(['report', '--out', '-'], 's3://evidence/asana')
    expect(report.code).toBe(0)
  })

  test.each([
    ['s3://not-there/asana', {}, 'not-there'],
    ['s3://evidence/asana', { AWS_SECRET_ACCESS_KEY: 'wrong-s3cret' }, 'key'],
    ['s3://evidence/other', {}, 's3://evidence/other holds no archive'],
  ])('that cannot be read is named: %s %j', async (from, more, named) => {
    const server = await filled()
    const { code, stderr } = await runCommand(['query', '--from', from], { ...env(server), ...more })
    expect(code).not.toBe(0)
    expect(stderr).toContain(named)
    expect(stderr).not.toContain('s3cret')
    expect(stderr).not.toContain('    at ')
  })
})
