import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderStore, s3Store } from '@asana-audit/archive'
import { readRecords } from '@asana-audit/otlp'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startReceiver } from '../../../../../test/support/otlp/otlp-receiver.ts'
import { namedPipe, objectsIn } from '../../../../archive/test/support/archive-folder.ts'
import { access, noVersitygw, startVersitygw } from '../../../../archive/test/support/versitygw.ts'
import { startHecCollector } from '../../support/hec-collector.ts'
import { bin, type Ran, runCommand } from '../../support/run-command.ts'

const mark = 'asana.audit.replay'
let simulator: Simulator
let folder = ''
const file = (name: string): string => join(folder, name)
const base = (): Record<string, string> => ({ ASANA_WORKSPACE: simulator.workspace, HOME: folder })
/** The environment of a command that reads Asana. A replay has no token. */
const live = (): Record<string, string> => ({
  ...base(),
  ...{ ASANA_BASE_URL: simulator.url, ASANA_TOKEN: 'simulator-token', ASANA_AUDIT_STATE: file('live.db') },
})

function replay(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const own = { ...base(), ASANA_AUDIT_STATE: file(`${crypto.randomUUID()}.db`), ...env }
  return runCommand(['replay', '--from', file('archive'), ...args], own)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-replay-'))
  simulator = await startSimulator({ events: 1_200, days: 5 })
  const flags = ['--to', `archive:${file('archive')}`, '--to', `file:${file('live.jsonl')}`, '--log', 'json']
  const { code, stderr } = await runCommand(['run', '--once', ...flags], live())
  if (code !== 0) throw new Error(stderr)
})
afterAll(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true })
})

type Plain = Readonly<Record<string, unknown>>

async function recordsOf(path: string): Promise<Map<string, Plain>> {
  const records = new Map<string, Plain>()
  const input = createReadStream(path)
  for await (const { ...record } of readRecords({
    input,
    name: path,
    onProblem: ({ message }) => expect.fail(message),
  }))
    records.set(String(record.attributes['asana.audit.gid']), record as unknown as Plain)
  return records
}

/** When the manifest recorded its objects, milliseconds since 1970. */
function recordedAt(): number[] {
  const root = file('archive/_manifest')
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  )
  return names.map((name) => {
    const entry = JSON.parse(readFileSync(join(root, name), 'utf8')) as { written_at: string }
    return Date.parse(entry.written_at)
  })
}

const jsonLines = (path: string): Plain[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Plain)

describe('what a replay delivers', () => {
  test('is in every field what live delivered, but for the mark and the time it was observed', async () => {
    const { code, stderr } = await replay(['--to', `file:${file('again.jsonl')}`, '--log', 'human'])
    expect(code).toBe(0)
    expect(stderr).toContain('Reading the archive; positions are kept in')
    const [before, after] = [await recordsOf(file('live.jsonl')), await recordsOf(file('again.jsonl'))]
    expect(after.size).toBe(1_200)
    const recorded = recordedAt()
    for (const [gid, record] of before) {
      const { attributes, observedTimestamp, ...same } = after.get(gid) as {
        attributes: Plain
        observedTimestamp: [number, number]
      }
      const { [mark]: isMarked, ...others } = attributes
      const {
        attributes: live,
        observedTimestamp: seen,
        ...rest
      } = record as { attributes: Plain; observedTimestamp: [number, number] }
      expect(same).toEqual(rest)
      expect(others).toEqual(live)
      expect(isMarked).toBe(true)
      expect(live[mark]).toBeUndefined()
      // Recorded by the archive, which was in the same run: not the time of the replay.
      expect(recorded).toContain(observedTimestamp[0] * 1_000 + observedTimestamp[1] / 1e6)
      expect(Math.abs(observedTimestamp[0] - seen[0])).toBeLessThan(900)
    }
  })

  test.each([
    ['event', (line: Plain) => line['asana_audit_replay'], { asana_audit_replay: undefined }],
    ['panther', (line: Plain) => line['asana_audit_replay'], { asana_audit_replay: undefined }],
    ['cim', (line: Plain) => line[mark] === 'true', { [mark]: undefined }],
    ['ecs', (line: Plain) => (line['asana'] as { audit: Plain }).audit['replay'], undefined],
    ['udm', (line: Plain) => (line['additional'] as Plain)[mark], undefined],
    ['asim', (line: Plain) => (line['AdditionalFields'] as Plain)[mark], undefined],
    ['ocsf', (line: Plain) => (line['metadata'] as { labels: string[] }).labels.includes(mark), undefined],
  ] as const)('has its mark in the dialect %s', async (format, markOf, without) => {
    const out = file(`${format}.jsonl`)
    expect((await replay(['--to', `file:${out}`, '--format', format])).code).toBe(0)
    const lines = jsonLines(out)
    expect(lines).toHaveLength(1_200)
    for (const line of lines) expect(markOf(line)).toBe(true)
    if (!without) return
    const { stdout } = await runCommand([
      'convert',
      '--format',
      format,
      '--workspace',
      simulator.workspace,
      file('archive'),
    ])
    const live = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Plain)
    expect(lines.map((line) => ({ ...line, ...without }))).toEqual(live)
  })

  test('as events can be read again without the mark', async () => {
    const out = file('marked.jsonl')
    await replay(['--to', `file:${out}`, '--format', 'event', '--only', 'logins'])
    const { stdout } = await runCommand(['convert', '--format', 'event', out])
    expect(stdout).not.toBe('')
    expect(stdout).not.toContain('asana_audit_replay')
  })

  test.each(['asana', 'otel'])('is marked in Splunk, in the format %s', async (format) => {
    const { url, events } = await startHecCollector()
    const env = { SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN: '7e5d1f0c-1111-4222-8333-444455556666' }
    const { code, stderr } = await replay(
      ['--to', 'splunk-hec', '--hec-format', format, '--only', 'logins'],
      env,
    )
    expect(stderr).not.toContain('7e5d1f0c')
    expect(code).toBe(0)
    expect(events.length).toBeGreaterThan(100)
    for (const { fields } of events) expect(fields[format === 'asana' ? 'asana_replay' : mark]).toBe(true)
  })
})

describe('a replay that ends', () => {
  test('by a kill in the middle goes on where it was, and no event is missing', async () => {
    let child: ChildProcess | undefined
    const receiver = await startReceiver({
      instead: (_, __, number) => {
        if (number === 1) child?.kill('SIGKILL')
        return number === 1
      },
    })
    const env = {
      ...base(),
      ASANA_AUDIT_STATE: file('killed.db'),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin,
    }
    const args = ['replay', '--from', file('archive'), '--to', 'otlp']
    const { PATH = '' } = process.env
    child = spawn(process.execPath, [bin, ...args], { env: { PATH, ...env }, stdio: 'ignore' })
    onTestFinished(() => void child?.kill('SIGKILL'))
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
    const before = receiver.accepted.flat().length
    expect(before).toBeGreaterThan(0)
    const { code } = await runCommand(args, env)
    expect(code).toBe(0)
    const ids = receiver.accepted.flat().map(({ attributes }) => attributes.get('log.record.uid'))
    expect(new Set(ids)).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
    // At most what was accepted and not saved yet comes again.
    expect(ids.length - 1_200).toBeLessThanOrEqual(before)
    const again = await runCommand(args, env)
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('nothing was archived since')
    expect(receiver.accepted.flat()).toHaveLength(ids.length)
  })

  test('at a damaged object says how to go on, and goes on without it', async () => {
    const damaged = file('damaged')
    cpSync(file('archive'), damaged, { recursive: true })
    const [, second = ''] = await objectsIn(damaged)
    rmSync(join(damaged, second))
    const env = { ...base(), ASANA_AUDIT_STATE: file('damaged.db') }
    const args = ['replay', '--from', damaged, '--to', `file:${file('rest.jsonl')}`]
    const { code, stderr } = await runCommand(args, env)
    expect(code).toBe(1)
    expect(stderr).toContain(second)
    expect(stderr).toContain('shows what else is wrong. To replay the rest: --skip-damaged.')
    const rest = await runCommand([...args, '--skip-damaged'], env)
    expect(rest.code).toBe(0)
    expect(rest.stderr).toContain(second)
    const gids = new Set((await recordsOf(file('rest.jsonl'))).keys())
    expect(gids.size).toBeLessThan(1_200)
    expect(gids.size).toBeGreaterThan(600)
  })
})

test('a named pipe in the archive is named and not opened, and --skip-damaged replays the rest', async () => {
  const piped = file('piped')
  cpSync(file('archive'), piped, { recursive: true })
  const [, second = ''] = await objectsIn(piped)
  rmSync(join(piped, second))
  await namedPipe(join(piped, second))
  const env = { ...base(), ASANA_AUDIT_STATE: file('piped.db') }
  const args = ['replay', '--from', piped, '--to', `file:${file('piped.jsonl')}`]
  const { code, stderr } = await runCommand(args, env)
  expect(code).toBe(1)
  expect(stderr).toContain(`${second} is a named pipe and not a file of this archive`)
  const rest = await runCommand([...args, '--skip-damaged'], env)
  expect(rest.code).toBe(0)
  expect(rest.stderr).toContain(`${second} is in the manifest and not in the archive`)
  expect((await recordsOf(file('piped.jsonl'))).size).toBeGreaterThan(600)
})

describe('beside a live pipeline', () => {
  test('a replay into its destination changes neither its ledger nor its health', async () => {
    const to = ['--to', `file:${file('live.jsonl')}`]
    const copy = file('beside.jsonl')
    cpSync(file('live.db'), file('beside.db'))
    const env = { ...live(), ASANA_AUDIT_STATE: file('beside.db') }
    const before = await runCommand(['verify', ...to, '--json'], env)
    expect(before.code).toBe(0)
    const again = [
      'replay',
      '--from',
      file('archive'),
      '--to',
      `file:${copy}`,
      '--name',
      'x',
      '--since',
      '2d',
    ]
    expect((await runCommand(again, env)).code).toBe(0)
    const after = await runCommand(['verify', ...to, '--json'], env)
    expect(after.stdout).toBe(before.stdout)
    expect((await runCommand(['health'], env)).stdout).not.toContain('(replay)')
    expect((await runCommand(['state', 'show'], env)).stdout).toMatch(/^x \(replay\)$/m)
  })

  test('an event that the destination rejects goes to the quarantine, and is sent from there with its mark', async () => {
    const { gid: bad } = simulator.events[700]!
    let isStrict = true
    const receiver = await startReceiver({
      instead(response, { logs }) {
        const holdsIt = logs.some(({ attributes }) => attributes.get('log.record.uid') === bad)
        if (!isStrict || !holdsIt) return false
        response.writeHead(400).end()
        return true
      },
    })
    const env = { ...base(), ASANA_AUDIT_STATE: file('bad.db'), OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin }
    const { code } = await runCommand(['replay', '--from', file('archive'), '--to', 'otlp'], env)
    expect(code).toBe(3)
    expect(receiver.accepted.flat()).toHaveLength(1_199)
    isStrict = false
    const sent = await runCommand(['quarantine', 'replay', '--to', 'otlp'], { ...live(), ...env })
    expect(sent.stdout).toContain('1 delivered and removed')
    const { attributes } = receiver.accepted.flat().at(-1)!
    expect(attributes.get('log.record.uid')).toBe(bad)
    expect(attributes.get(mark)).toBe(true)
  })

  test('another time range waits for the one that was begun, unless it is discarded', async () => {
    const receiver = await startReceiver({ instead: (response) => !!response.writeHead(401).end() })
    const env = {
      ...base(),
      ASANA_AUDIT_STATE: file('begun.db'),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin,
    }
    const args = ['replay', '--from', file('archive'), '--to', 'otlp']
    expect((await runCommand([...args, '--since', '4d'], env)).code).toBe(1)
    const other = await runCommand([...args, '--since', '3d'], env)
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('was begun with --since 4d and is not finished')
    expect(other.stderr).toContain('--restart')
  })
})

describe('wrong input', () => {
  test.each([
    [['--to', 'stdout'], ['--from', 'It is required'], false],
    [['--from', 'none', '--to', 'stdout'], ['none cannot be read (ENOENT). Give the folder'], false],
    [['--from', '.', '--to', 'stdout'], ['it has no _manifest. Give the folder of the archive'], false],
    [['--to', 'archive:other'], ['An archive is not replayed into an archive'], true],
    [['--to', 'stdout', '--only', 'login'], ['There is no event type and no category login', 'logins'], true],
    [['--to', 'stdout', '--since', '2026-03-02', '--until', '2026-03-01'], ['It is not after since'], true],
    [['--to', 'stdout', '--pipeline', 'x'], ['There is no pipeline "x" here'], true],
  ])('is refused with the next step: %j', async (args, sentences, hasArchive) => {
    const env = { ...base(), ASANA_AUDIT_STATE: file('wrong.db') }
    const from = hasArchive ? ['--from', file('archive')] : []
    const { code, stderr, stdout } = await runCommand(['replay', ...from, ...args], env)
    expect(code).toBe(2)
    for (const sentence of sentences) expect(stderr).toContain(sentence)
    expect(stdout).toBe('')
  })

  test('a time without events is said', async () => {
    const out = `file:${file('nothing.jsonl')}`
    const { code, stderr } = await replay(['--to', out, '--since', '2020-01-01', '--until', '2020-02-01'])
    expect(code).toBe(0)
    expect(stderr).toContain('The archive has no event of 2020-01-01')
  })

  test('a state of another archive is said', async () => {
    const other = file('other')
    const flags = ['--to', `archive:${other}`]
    await runCommand(['run', '--once', ...flags], { ...live(), ASANA_AUDIT_STATE: file('other.db') })
    const env = { ASANA_AUDIT_STATE: file('two.db') }
    const to = ['--to', `file:${file('two.jsonl')}`]
    expect((await replay(to, env)).code).toBe(0)
    const second = await runCommand(['replay', '--from', other, ...to], { ...base(), ...env })
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('The position is of another archive')
    expect(second.stderr).toContain('--restart')
  })
})

test.skipIf(noVersitygw)('a bucket is replayed like a folder', async () => {
  const { endpoint, bucket } = await startVersitygw()
  const from = folderStore({ path: file('archive') })
  const to = s3Store({ endpoint, bucket, prefix: 'asana', access })
  for await (const { key } of from.list('')) await to.create(key, (await from.read(key))!)
  await to.close()
  const env = {
    ...{ ...base(), ASANA_AUDIT_STATE: file('bucket.db'), AWS_ENDPOINT_URL_S3: endpoint },
    ...{ AWS_ACCESS_KEY_ID: access.accessKeyId, AWS_SECRET_ACCESS_KEY: access.secretAccessKey },
  }
  const args = ['replay', '--from', 's3://evidence/asana', '--to', `file:${file('bucket.jsonl')}`]
  expect((await runCommand(args, env)).code).toBe(0)
  expect((await recordsOf(file('bucket.jsonl'))).size).toBe(1_200)
})
