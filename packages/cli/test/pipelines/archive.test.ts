import { generateKeyPairSync } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { archiveSink, folderStore } from '@asana-audit/archive'
import { type AuditLogEvent, applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { toJsonText } from '@asana-audit/schema/lossless'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { destinationMaps } from '../../src/config/destination/destination-map.ts'
import { type Ran, runCommand } from '../support/run-command.ts'

let simulator: Simulator
let folder = ''
beforeAll(async () => {
  simulator = await startSimulator({ events: 300, days: 5 })
})
afterAll(() => simulator.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-archive-'))
  return () => rmSync(folder, { recursive: true })
})

const env = (): Record<string, string> => ({
  ASANA_BASE_URL: simulator.url,
  ASANA_WORKSPACE: simulator.workspace,
  ASANA_TOKEN: 'simulator-token',
  ASANA_AUDIT_STATE: join(folder, 'state.db'),
})
const archive = (): string => join(folder, 'archive')
const run = (...more: string[]): Promise<Ran> =>
  runCommand(['run', '--once', '--to', `archive:${archive()}`, ...more], env())
const verify = (...more: string[]): Promise<Ran> =>
  runCommand(['archive', 'verify', archive(), ...more], env())

function objects(): string[] {
  return globSync('event/*/*.jsonl.gz', { cwd: archive() })
    .toSorted()
    .map((key) => join(archive(), key))
}

function inYaml(map: string, more = ''): string {
  const path = join(folder, 'p.yaml')
  const to = `to: { archive: ${map} }`
  writeFileSync(
    path,
    `pipelines:\n  - name: evidence\n    workspace: "${simulator.workspace}"\n    ${more}\n    ${to}\n`,
  )
  return path
}

test('run archives every event as the source gives it, and archive verify finds nothing wrong', async () => {
  expect((await run()).code).toBe(0)
  const lines = objects().flatMap((path) => gunzipSync(readFileSync(path)).toString().trimEnd().split('\n'))
  const sent = simulator.events.map((event) =>
    toJsonText(applyFieldPolicy(event as AuditLogEvent, defaultFieldPolicy)),
  )
  expect(lines.toSorted()).toEqual(sent.toSorted())
  const { code, stdout } = await verify()
  expect(stdout).toContain('300 events in')
  expect(stdout).toContain('Everything is as the manifest says')
  expect(code).toBe(0)
})

test('a rewind makes no event twice', async () => {
  await run()
  expect((await runCommand(['state', 'rewind', '--to', '60d'], env())).code).toBe(0)
  expect((await run()).code).toBe(0)
  expect((await verify()).stdout).toContain('300 events in')
})

test('archive verify names the object that was changed, and ends with 1', async () => {
  await run()
  const [first = ''] = objects()
  writeFileSync(first, readFileSync(first).subarray(0, 30))
  const { code, stdout } = await verify()
  expect(code).toBe(1)
  expect(stdout).toContain(first.slice(archive().length + 1))
  const json = await verify('--json')
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({ problems: [{ code: 'damaged' }] })
})

test('archive verify needs the head that it printed before', async () => {
  await run()
  const { lanes } = JSON.parse((await verify('--json')).stdout) as { lanes: { head: string }[] }
  expect((await verify('--head', lanes[0]!.head)).code).toBe(0)
  const { code, stdout } = await verify('--head', '0'.repeat(64))
  expect(code).toBe(1)
  expect(stdout).toContain('Entries were taken away')
})

test('a key in YAML signs, and archive verify checks with the public one', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, 'key.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  const config = inYaml('{ location: archive, compression: zstd, max_age: 1m, signing_key_file: key.pem }')
  expect((await runCommand(['run', '--once', '--config', config], env())).code).toBe(0)
  expect((await verify('--public-key', join(folder, 'key.pub.pem'))).code).toBe(0)
  const explained = await runCommand(['config', 'explain', config], env())
  expect(explained.stdout).toContain('key.pem')
  expect(explained.stdout).not.toContain('PRIVATE')
})

test('an object of the archive is read by convert', async () => {
  await run()
  const { code, stdout } = await runCommand(['convert', '--format', 'otlp', objects()[0]!], env())
  expect(code).toBe(0)
  expect(stdout).toContain('resourceLogs')
})

describe('check', () => {
  const check = (...words: string[]): Promise<Ran> => runCommand(['check', '--json', ...words], env())
  const finding = ({ stdout }: Ran): unknown =>
    (JSON.parse(stdout) as { what: string }[]).find(({ what }) => what === 'archive')

  test('says that the folder can be created, and creates nothing', async () => {
    expect(finding(await check('--to', `archive:${archive()}`))).toMatchObject({ ok: true })
    expect(globSync('archive*', { cwd: folder })).toEqual([])
  })

  test('says that the folder around it is missing', async () => {
    const found = finding(await check('--to', `archive:${join(folder, 'no/archive')}`))
    expect(found).toMatchObject({ ok: false, code: 'not_writable' })
  })

  test('says that it is a file', async () => {
    writeFileSync(archive(), '')
    const found = finding(await check('--to', `archive:${archive()}`))
    expect(found).toMatchObject({
      ok: false,
      code: 'not_writable',
      message: expect.stringContaining('is a file'),
    })
  })

  test('says that another process writes there', async () => {
    const sink = archiveSink({ store: folderStore({ path: archive() }), lane: 'other' })
    onTestFinished(() => sink.close())
    await sink.write([{ gid: '1', created_at: '2026-03-10T12:00:00Z' }], new AbortController().signal)
    expect(finding(await check('--to', `archive:${archive()}`))).toMatchObject({ code: 'archive_in_use' })
  })
})

describe('wrong settings', () => {
  test.each([
    ['{ location: "https://x/y" }', 'archive.location'],
    ['{ location: a, compression: snappy }', 'archive.compression'],
    ['{ location: a, max_age: 1h }', 'archive.max_age'],
    ['{ location: a, max_rows: 0 }', 'archive.max_rows'],
    ['{ location: a, max_bytes: 10 }', 'archive.max_bytes'],
    ['{ location: a, signing_key_file: none.pem }', 'archive.signing_key_file'],
    ['{ location: a, signing_key_file: p.yaml }', 'archive.signing_key_file'],
    ['{ compression: gzip }', 'archive.location'],
    ['{ location: a, max_agee: 5m }', 'archive.max_agee'],
  ])('are named with their path: %s', async (map, setting) => {
    const { code, stderr } = await runCommand(['run', '--once', '--config', inYaml(map)], env())
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
  })

  test('two pipelines with one archive are refused', async () => {
    const to = `archive:${archive()}`
    const { code, stderr } = await runCommand(['run', '--once', '--to', to, '--to', to], env())
    expect(code).toBe(2)
    expect(stderr).toContain('Give each pipeline its own archive')
  })

  test.each([
    [['no-such-folder'], 'location'],
    [['.', '--head', 'abc'], '--head'],
    [['.', '--public-key', 'no.pem'], '--public-key'],
  ])('of archive verify are named: %j', async (words, setting) => {
    const { code, stderr } = await runCommand(['archive', 'verify', ...words], env())
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
  })
})

test('the README lists every setting of archive', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const listed = /`archive: \{ ([^`]*) \}`/.exec(readme)?.[1]?.split(', ') ?? []
  expect(listed.toSorted()).toEqual(Object.keys(destinationMaps.archive.shape).toSorted())
})
