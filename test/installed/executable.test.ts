import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { buildExecutable } from '../../scripts/executable/build-executable.ts'
import { executablePath, version } from '../../scripts/release/artifacts.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { readListOfParts } from '../support/release/list-of-parts.ts'
import { describeRelease } from '../support/release/release-suite.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'

describeRelease('the single executable', (folder) => {
  const program = join(folder, 'asana-audit')
  let said = ''
  beforeAll(async () => {
    said = await runPlatformCommands('As one program.', { replace: ['/usr/local/bin', folder], path: folder })
  })

  /** Runs the program in an empty folder, where PATH leads nowhere. Resolves with its end, whatever that is. */
  async function run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | string; stdout: string; stderr: string }> {
    const options = { cwd: temporaryFolder(), env: { PATH: '', ...env }, maxBuffer: 2 ** 26 }
    return promisify(execFile)(program, args, options).then(
      (done) => ({ code: 0, ...done }),
      (error: { code: number | string; stdout: string; stderr: string }) => error,
    )
  }

  test('is built and installed as the page for platform teams says', () => {
    expect(said.trimEnd().split('\n').at(-1)).toBe(version)
    expect(readFileSync(`${executablePath()}-licences.txt`, 'utf8')).toMatch(/^undici .*^Node 24\./ms)
  })

  test('has a list of its parts: Node, what Node is made of, and the packages of the bundle', async () => {
    const { metadata, components = [] } = await readListOfParts(`${executablePath()}.cdx.json`)
    expect(metadata.component.hashes[0].content).toBe(sha256(program))
    const node = components.find(({ name }) => name === 'node')
    expect(node).toMatchObject({ version: process.versions.node })
    expect(node?.components?.map(({ name }) => name)).toContain('openssl')
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['undici', 'zod', 'core']))
  })

  test('needs no Node and no other file', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('delivers what Asana shows, and says the same of wrong settings as the package', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const receiver = await startReceiver()
    const state = join(temporaryFolder(), 'state.db')
    const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin }
    const done = await run(['run', '--once', '--to', 'otlp', '--state', state], env)
    expect(done).toMatchObject({ code: 0 })
    expect(receiver.accepted.flat()).toHaveLength(3)
    expect(await run(['run', '--to', 'nowhere'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere'),
    })
  })

  test('has the detection rules and the charts of reports inside', async () => {
    const detected = await run(['detect', '--simulate'])
    expect(detected).toMatchObject({ code: 3, stdout: expect.stringContaining('Backup robot') })
    const asana = await startAsana({ events: [loginEvent(1)] })
    const page = join(temporaryFolder(), 'report.html')
    expect(await run(['report', '--since', '24h', '--out', page], asana.env)).toMatchObject({ code: 0 })
    expect(readFileSync(page, 'utf8')).toContain('Chart.js')
  })

  test('run starts again with less memory as the same process, with its arguments, and a signal stops it', async () => {
    const asana = await startAsana({ events: [loginEvent(1)] })
    const home = temporaryFolder()
    const file = join(home, 'audit.jsonl')
    const args = ['run', '--to', `file:${file}`, '--state', join(home, 'state.db')]
    const child = spawn(program, args, { cwd: home, env: { PATH: '', ...asana.env }, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toContain('\n'), {
      timeout: 200_000,
    })
    const listed = (name: string): string[] =>
      readFileSync(`/proc/${child.pid}/${name}`, 'utf8').split('\0').slice(0, -1)
    expect(listed('cmdline')).toEqual([program, ...args])
    expect(listed('environ')).toEqual(
      expect.arrayContaining([
        'MALLOC_ARENA_MAX=1',
        'MALLOC_MMAP_THRESHOLD_=32768',
        'NODE_OPTIONS=--max-semi-space-size=8',
      ]),
    )
    const closed = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await closed).toEqual([0, null])
  })

  test('is the same, byte for byte, when it is built again', async () => {
    const again = join(folder, 'again')
    await buildExecutable(again)
    expect(statSync(again).mode & 0o777).toBe(0o755)
    expect(sha256(again)).toBe(sha256(program))
    expect(sha256(`${again}.cdx.json`)).toBe(sha256(`${executablePath()}.cdx.json`))
  })
})

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
