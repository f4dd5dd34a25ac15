import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { access, noVersitygw, startVersitygw } from '../../../archive/test/support/versitygw.ts'
import { startPantherSource } from '../../../panther-http/test/support/panther-source.ts'
import { metricsOf, startStore, victoriaLogs } from '../support/otlp-store.ts'
import { bin, type Ran, runCommand } from '../support/run-command.ts'

let folder = ''
let simulator: Simulator
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-init-'))
  simulator = await startSimulator({ events: 50 })
  writeFileSync(join(folder, 'token'), 'simulator-token\n')
  writeFileSync(join(folder, 'wrong'), 'another-token\n')
})
afterAll(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true })
})

/** Types the answers, one line each. */
const answering = (...answers: string[]): Promise<Ran> => answeringWith({}, ...answers)

async function answeringWith(env: Record<string, string>, ...answers: string[]): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, 'init'], {
    cwd: folder,
    env: { PATH, HOME, ASANA_BASE_URL: simulator.url, ...env },
  })
  child.stdin.end(`${answers.join('\n')}\n`)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

test('init checks each answer, asks again if it does not work, and writes settings with absolute paths', async () => {
  const { code, stdout } = await answering(
    ...['not a gid', '', simulator.workspace],
    ...['missing', 'wrong'],
    // Asana did not say which of the two is wrong, so both are asked for again.
    ...[simulator.workspace, 'token'],
    'kafka',
    ...['file', 'no-such-folder/a.jsonl'],
    ...['file', 'a.jsonl'],
    'p.yaml',
  )
  expect(code).toBe(0)
  expect(stdout.match(/✗/g)).toHaveLength(6)
  expect(stdout).toContain('Asana does not accept the token')
  // A workspace that cannot be a gid is refused before the token is asked for.
  expect(stdout.indexOf('✗ workspace')).toBeLessThan(stdout.indexOf('File with the token'))
  expect(parse(readFileSync(join(folder, 'p.yaml'), 'utf8'))).toEqual({
    pipelines: [
      {
        name: `file-${simulator.workspace}-a`,
        workspace: simulator.workspace,
        token_file: join(folder, 'token'),
        base_url: simulator.url,
        to: { file: { path: join(folder, 'a.jsonl') } },
      },
    ],
  })
  expect(readFileSync(join(folder, 'p.yaml'), 'utf8')).not.toContain('simulator-token')
})

test('after a wrong token, Enter keeps the workspace, and after a wrong workspace the file of the token', async () => {
  const { code, stdout } = await answering(
    ...[simulator.workspace, 'wrong'],
    ...['', 'token'],
    ...['stdout', 'kept.yaml'],
  )
  expect([code, stdout]).toEqual([0, expect.stringContaining(`Workspace [${simulator.workspace}]: `)])
  const other = await answering('1', 'token', simulator.workspace, '', 'stdout', 'kept-2.yaml')
  expect(other.code).toBe(0)
  for (const name of ['kept.yaml', 'kept-2.yaml'])
    expect(parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({
      pipelines: [{ workspace: simulator.workspace, token_file: join(folder, 'token') }],
    })
})

test('what would go wrong with a destination that works is said before the first run', async () => {
  const store = await startStore(victoriaLogs, { '/metrics': metricsOf({ retentionPeriod: '7d' }) })
  const { code, stdout } = await answering(simulator.workspace, 'token', 'otlp', store.url, 'store.yaml')
  expect(code).toBe(0)
  expect(stdout).toMatch(/! VictoriaLogs answers 200 to events older than 7d[^✓]*✓ \S+ accepts logs/)
})

test('a file of a token that others can read is said to be so, with the command that mends it', async () => {
  for (const [name, mode] of [
    ['open', 0o644],
    ['mine', 0o600],
  ] as const) {
    writeFileSync(join(folder, name), 'simulator-token\n', { mode })
    chmodSync(join(folder, name), mode)
  }
  const open = await answering(simulator.workspace, 'open', 'stdout', 'open.yaml')
  expect([open.code, open.stdout]).toEqual([
    0,
    expect.stringContaining(
      `! Other users of this machine can read this file (its mode is 644). To keep them out: chmod 600 ${join(folder, 'open')}\n`,
    ),
  ])
  const mine = await answering(simulator.workspace, 'mine', 'stdout', 'own.yaml')
  expect([mine.code, mine.stdout]).toEqual([0, expect.not.stringContaining('can read this file')])
})

test('two pipelines that init sets up have different names', async () => {
  await answering(simulator.workspace, 'token', 'file', 'one.jsonl', 'one.yaml')
  await answering(simulator.workspace, 'token', 'file', 'two.jsonl', 'two.yaml')
  await answering(simulator.workspace, 'token', 'stdout', 'three.yaml')
  const names = ['one', 'two', 'three'].map(
    (name) => parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')).pipelines[0].name,
  )
  const { workspace } = simulator
  expect(names).toEqual([`file-${workspace}-one`, `file-${workspace}-two`, `stdout-${workspace}`])
})

test('run accepts the settings file of init unchanged', async () => {
  await answering(simulator.workspace, join(folder, 'token'), 'file', join(folder, 'b.jsonl'), 'good.yaml')
  const ran = await runCommand([
    ...['run', '--once', '--config', join(folder, 'good.yaml')],
    ...['--state', join(folder, 's.db')],
  ])
  expect(ran.code).toBe(0)
  expect(readFileSync(join(folder, 'b.jsonl'), 'utf8').match(/"log\.record\.uid"/g)).toHaveLength(50)
})

test('init replaces no file without a yes, and writes nothing if the input ends early', async () => {
  writeFileSync(join(folder, 'mine.yaml'), 'mine')
  const asked = [simulator.workspace, 'token', 'stdout', 'mine.yaml', '', 'other.yaml']
  expect((await answering(...asked)).code).toBe(0)
  expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine')
  expect(existsSync(join(folder, 'other.yaml'))).toBe(true)
  const ended = await answering(simulator.workspace, 'token')
  expect(ended.code).toBe(1)
  expect(ended.stderr).toContain('nothing was written')
})

test('init asks for the address of an HTTP source of Panther and the file with its token, sends no event, and writes an alarm', async () => {
  const source = await startPantherSource()
  writeFileSync(join(folder, 'bearer'), 'panther-token\n')
  const { code, stdout } = await answering(
    ...[simulator.workspace, 'token'],
    ...['panther-http', 'logs.acme.runpanther.net', 'bearer'],
    ...['panther-http', source.url, 'bearer'],
    'panther.yaml',
  )
  expect(code).toBe(0)
  expect(stdout).toContain("Panther's own Asana source must be off")
  expect(stdout).toContain('✗ to.panther_http.url: It must be a whole URL')
  const file = join(folder, 'panther.yaml')
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
    pipelines: [{ to: { panther_http: { url: source.url, secret_file: join(folder, 'bearer') } } }],
    alarm: { drop_off: true },
  })
  expect(source.posts).toEqual([])
  const ran = await runCommand(['run', '--once', '--config', file, '--state', join(folder, 'panther.db')])
  expect(ran.code).toBe(0)
  expect(source.classified).toHaveLength(50)
})

test('init asks for the folder of an archive and the key that signs it, and run accepts that', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const { code, stdout } = await answering(
    ...[simulator.workspace, 'token'],
    ...['archive', 'none/archive', ''],
    ...['archive', 'archive', 'token'],
    ...['archive', '', 'key.pem'],
    'archive.yaml',
  )
  expect(code).toBe(0)
  expect(stdout.match(/✗/g)).toHaveLength(2)
  const file = join(folder, 'archive.yaml')
  const archive = { location: join(folder, 'archive'), signing_key_file: join(folder, 'key.pem') }
  expect(parse(readFileSync(file, 'utf8')).pipelines[0].to).toEqual({ archive })
  expect(existsSync(archive.location)).toBe(false)
  const ran = await runCommand(['run', '--once', '--config', file, '--state', join(folder, 'archive.db')])
  expect(ran.code).toBe(0)
  const verified = await runCommand(['archive', 'verify', archive.location])
  expect(verified.stdout).toContain('50 events in')
})

test.skipIf(noVersitygw)(
  'init asks for the bucket of an archive and its region, with the key of the environment',
  async () => {
    const { endpoint } = await startVersitygw()
    const key = { AWS_ACCESS_KEY_ID: access.accessKeyId, AWS_SECRET_ACCESS_KEY: access.secretAccessKey }
    const answers = [simulator.workspace, 'token', 'archive', 's3://evidence/asana', '', '', 'bucket.yaml']
    const { code, stdout } = await answeringWith({ ...key, AWS_ENDPOINT_URL_S3: endpoint }, ...answers)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining(access.secretAccessKey) })
    const file = join(folder, 'bucket.yaml')
    expect(parse(readFileSync(file, 'utf8')).pipelines[0].to).toEqual({
      archive: { location: 's3://evidence/asana', region: 'us-east-1', endpoint },
    })
    const state = join(folder, 'bucket.db')
    expect((await runCommand(['run', '--once', '--config', file, '--state', state], key)).code).toBe(0)
  },
)
