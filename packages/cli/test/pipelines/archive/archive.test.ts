import { generateKeyPairSync } from 'node:crypto'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { archiveSink, folderStore } from '@asana-audit/archive'
import { type AuditLogEvent, applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { toJsonText } from '@asana-audit/schema/lossless'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readParquet } from '../../../../archive/src/formats/parquet/read-parquet.ts'
import { destinationMaps } from '../../../src/config/destination/destination-map.ts'
import { archiveScene } from '../../support/archive-scene.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

const { simulator, file, env, inYaml } = archiveScene()

const archive = (): string => file('archive')
const run = (...more: string[]): Promise<Ran> =>
  runCommand(['run', '--once', '--to', `archive:${archive()}`, ...more], env())
const verify = (...more: string[]): Promise<Ran> =>
  runCommand(['archive', 'verify', archive(), ...more], env())

function objects(): string[] {
  return globSync('event/*/*.jsonl.gz', { cwd: archive() })
    .toSorted()
    .map((key) => join(archive(), key))
}

test('run archives every event as the source gives it, and archive verify finds nothing wrong', async () => {
  expect((await run()).code).toBe(0)
  const lines = objects().flatMap((path) => gunzipSync(readFileSync(path)).toString().trimEnd().split('\n'))
  const sent = simulator().events.map((event) =>
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
  writeFileSync(file('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(file('key.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  const config = inYaml('{ location: archive, compression: zstd, max_age: 1m, signing_key_file: key.pem }')
  expect((await runCommand(['run', '--once', '--config', config], env())).code).toBe(0)
  const signed = await verify('--public-key', file('key.pub.pem'))
  expect(signed.stdout.replaceAll(/\s+/g, ' ')).toContain('every entry is signed with the key that was given')
  expect(signed.code).toBe(0)
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
  writeFileSync(file('other.pem'), other)
  expect((await verify('--public-key', file('other.pem'))).stdout).toContain('were not signed with this key')
  const both = await verify('--public-key', file('other.pem'), '--public-key', file('key.pub.pem'))
  expect(both.code).toBe(0)
  const explained = await runCommand(['config', 'explain', config], env())
  expect(explained.stdout).toContain('key.pem')
  expect(explained.stdout).not.toContain('PRIVATE')
})

describe('the head that the state of the run keeps', () => {
  /** The newest object and its entry. */
  function takeNewest(): void {
    const newest = file(`archive/${globSync('_manifest/*/*.json', { cwd: archive() }).toSorted().at(-1)}`)
    const { key } = JSON.parse(readFileSync(newest, 'utf8')) as { key: string }
    rmSync(join(archive(), key))
    rmSync(newest)
  }

  test('shows to archive verify --state that the newest object was taken away with its entry', async () => {
    await run()
    const fine = await verify('--state', file('state.db'))
    expect(fine.stdout).toContain('the head that was noted is there')
    expect(fine.code).toBe(0)
    takeNewest()
    expect((await verify()).code).toBe(0)
    const { code, stdout } = await verify('--state', file('state.db'))
    expect(stdout).toContain('Entries were taken away')
    expect(code).toBe(1)
  })

  test('keeps the next run from writing then', async () => {
    await run()
    takeNewest()
    await runCommand(['state', 'rewind', '--to', '60d'], env())
    const { code, stderr } = await run()
    expect(stderr).toContain('it was taken away or written anew')
    expect(code).not.toBe(0)
  })

  /** As a hand leaves it that does not know what it changes. */
  const breakHead = (text: string): string => text.replace(/(position\.archive_head","\{)/, '$1{')

  test('is refused by state import if it cannot be read, and nothing is imported', async () => {
    await run()
    const { stdout: whole } = await runCommand(['state', 'export'], env())
    expect(breakHead(whole)).not.toBe(whole)
    const elsewhere = { ...env(), ASANA_AUDIT_STATE: file('elsewhere.db') }
    for (const [text, code] of [
      [breakHead(whole), 1],
      [whole, 0],
    ] as const) {
      writeFileSync(file('export.jsonl'), text)
      const imported = await runCommand(['state', 'import', file('export.jsonl')], elsewhere)
      expect(imported.code).toBe(code)
      const told = /has a head of the archive of ".+" that cannot be read \(position\.archive_head\)/
      expect(told.test(imported.stderr)).toBe(code === 1)
    }
  })

  test('is named with the next step if somebody has broken it in the state', async () => {
    await run()
    const state = new DatabaseSync(file('state.db'))
    state.exec("UPDATE note SET text = '{' || text WHERE name = 'position.archive_head'")
    state.close()
    for (const { code, stderr } of [await run(), await verify('--state', file('state.db'))]) {
      expect(code).toBe(1)
      expect(stderr).toContain('The head of an archive in the state cannot be read (position.archive_head)')
      expect(stderr).toContain('Put a copy of the state back')
      expect(stderr).not.toContain('SyntaxError')
    }
  })

  test('is of that archive: for a copy archive verify says how to give it', async () => {
    await run()
    cpSync(archive(), file('copy'), { recursive: true })
    const words = ['archive', 'verify', file('copy'), '--state', file('state.db')]
    const { code, stderr } = await runCommand(words, env())
    const { lanes } = JSON.parse((await verify('--json')).stdout) as { lanes: { head: string }[] }
    expect(stderr).toContain(`${archive()}: ${lanes[0]!.head}`)
    expect(code).toBe(1)
  })
})

describe('objects of the archive', () => {
  test('are read by convert, and query reads what it writes', async () => {
    await run()
    const { code, stdout } = await runCommand(['convert', '--format', 'otlp', ...objects()], env())
    expect(code).toBe(0)
    writeFileSync(file('converted.jsonl'), stdout)
    const queried = await runCommand(['query', '--from', file('converted.jsonl'), '--output', 'jsonl'], env())
    expect(queried.stdout.trimEnd().split('\n')).toHaveLength(300)
  })

  test('are read by detect', async () => {
    await run()
    const rule =
      'title: Any event\nlogsource: { product: asana }\ndetection: { any: { gid|exists: true }, condition: any }\nlevel: low\n'
    writeFileSync(file('rule.yml'), rule)
    const words = ['--rules', file('rule.yml'), '--from', ...objects(), '--json']
    const { code, stdout } = await runCommand(['detect', ...words], env())
    expect(code).toBe(3)
    const hits = stdout.trimEnd().split('\n')
    const gids = hits.map((line) => (JSON.parse(line) as { event: { gid: string } }).event.gid)
    expect(gids.toSorted()).toEqual(
      simulator()
        .events.map(({ gid }) => gid)
        .toSorted(),
    )
  })
})

test.each([
  ['by flag', () => ['--to', `archive:${archive()}`, '--archive-formats', 'jsonl,flat']],
  ['in YAML', () => ['--config', inYaml(`{ location: archive, formats: [jsonl, flat] }`)]],
])('two formats %s keep every event in each, and archive verify says so', async (_, words) => {
  expect((await runCommand(['run', '--once', ...words()], env())).code).toBe(0)
  expect(globSync('flat/*/*.parquet', { cwd: archive() })).toHaveLength(objects().length)
  const { code, stdout } = await verify()
  expect(stdout).toContain('300 events in')
  expect(stdout).toContain('(jsonl 300, flat 300)')
  expect(code).toBe(0)
})

test('ocsf beside JSON lines has the workspace and the severity of the settings', async () => {
  const map =
    '{ location: archive, formats: [jsonl, ocsf], ocsf_region: eu-central-1, ocsf_account: "123456789012" }'
  const config = inYaml(map, 'relevance: { user_login_failed: critical }')
  const { code, stderr } = await runCommand(['run', '--once', '--config', config], env())
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('has no effect') })
  const paths = globSync('ext/*/region=eu-central-1/accountId=123456789012/eventDay=*/*.parquet', {
    cwd: archive(),
  })
  expect(paths.length).toBeGreaterThan(5)
  const rows = (
    await Promise.all(paths.map((path) => readParquet(readFileSync(join(archive(), path)))))
  ).flat()
  expect(rows).toHaveLength(300)
  for (const row of rows) {
    const { event_code, tenant_uid } = row['metadata'] as Record<string, unknown>
    expect(tenant_uid).toBe(simulator().workspace)
    if (event_code === 'user_login_failed') expect(row['severity']).toBe('Critical')
  }
  expect((await verify()).stdout).toContain('(jsonl 300, ocsf 300)')
})

test('views by flag stand beside JSON lines, and query reads the record', async () => {
  expect((await run('--archive-formats', 'jsonl,ocsf_jsonl,ecs,cim')).code).toBe(0)
  const [ecs = ''] = globSync('ecs/*/*.jsonl.gz', { cwd: archive() })
  const [line = ''] = gunzipSync(readFileSync(join(archive(), ecs)))
    .toString()
    .split('\n')
  expect(JSON.parse(line)).toMatchObject({ organization: { id: simulator().workspace } })
  expect((await verify()).stdout).toContain('(jsonl 300, ocsf_jsonl 300, ecs 300, cim 300)')
  const found = await runCommand(['query', '--from', archive(), '--format', 'event'], env())
  expect(found.stdout.trimEnd().split('\n')).toHaveLength(300)
  expect(found.code).toBe(0)
})

describe('check', () => {
  const check = (...words: string[]): Promise<Ran> => runCommand(['check', '--json', ...words], env())
  const finding = ({ stdout }: Ran): unknown =>
    (JSON.parse(stdout) as { what: string }[]).find(({ what }) => what === 'archive')

  test('says that the folder can be created, and creates nothing', async () => {
    expect(finding(await check('--to', `archive:${archive()}`))).toMatchObject({ ok: true })
    expect(globSync('archive*', { cwd: file('.') })).toEqual([])
  })

  test('says that the folder around it is missing', async () => {
    const found = finding(await check('--to', `archive:${file('no/archive')}`))
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
    ['{ location: a, formats: [jsonl, parquet] }', 'archive.formats'],
    ['{ location: a, formats: [] }', 'archive.formats'],
    ['{ location: a, formats: [ocsf], ocsf_region: eu-central-1 }', 'archive.formats'],
    ['{ location: a, formats: [jsonl, ocsf] }', 'archive.ocsf_region'],
    ['{ location: a, ocsf_region: eu-central-1 }', 'archive.ocsf_region'],
    ['{ location: a, formats: [flat, ocsf], ocsf_region: a-1, ocsf_account: "7" }', 'archive.ocsf_account'],
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

  test.each([
    [['--to', 'archive:s3://'], '--to\n'],
    [['--to', 'archive:s3://', '--to', 'stdout'], '--to\n'],
    [
      ['--to', 'archive:a', '--archive-formats', 'jsonl,ocsf'],
      'archive.ocsf_region in a file for --config\n',
    ],
  ])('by flag are never named with a flag that there is not: %j', async (words, name) => {
    const { code, stderr } = await runCommand(['run', '--once', ...words], env())
    expect(code).toBe(2)
    expect(stderr).toContain(name)
    expect(stderr).not.toContain('--to.')
  })

  test.each([
    [['--to', 'archive:a', '--archive-formats', 'parquet'], 'Did you mean flat?'],
    [['--to', 'stdout', '--archive-formats', 'flat'], 'It is only for --to archive:PATH'],
  ])('of formats by flag are named with the flag: %j', async (words, message) => {
    const { code, stderr } = await runCommand(['run', '--once', ...words], env())
    expect(code).toBe(2)
    expect(stderr).toContain('--archive-formats\n')
    expect(stderr).toContain(message)
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
    [['.', '--state', 'no.db'], '--state'],
  ])('of archive verify are named: %j', async (words, setting) => {
    const { code, stderr } = await runCommand(['archive', 'verify', ...words], env())
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
  })

  test('a public key that is not there is to be copied, and not created', async () => {
    const { stderr } = await runCommand(['archive', 'verify', '.', '--public-key', 'no.pem'], env())
    expect(stderr).toContain('Copy it here from whoever signs the archive')
    expect(stderr).not.toContain('Create it')
  })
})

test('the page of settings lists every setting of archive', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/settings.md'), 'utf8')
  const listed = /`archive: \{ ([^`]*) \}`/.exec(page)?.[1]?.split(', ') ?? []
  expect(listed.toSorted()).toEqual(Object.keys(destinationMaps.archive.shape).toSorted())
})
