import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bundledBin as bin } from '../../scripts/bundle/bundled-bin.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'

// docs/decisions/restart-with-less-memory.md

const onLinux = test.skipIf(process.platform !== 'linux')
const onPosix = test.skipIf(process.platform === 'win32')

interface Setup {
  /** Arguments of a `run` that delivers one event into a file and goes on. */
  readonly args: readonly string[]
  readonly file: string
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

async function setup(): Promise<Setup> {
  const asana = await startAsana({ events: [loginEvent(1)] })
  const folder = temporaryFolder()
  const file = join(folder, 'audit.jsonl')
  const { PATH = '' } = process.env
  return {
    args: ['run', '--to', `file:${file}`, '--state', join(folder, 'state.db')],
    ...{ file, folder, env: { PATH, HOME: folder, ...asana.env } },
  }
}

/** What a process was started with, seen by Linux, once it has delivered. Then it is stopped. */
async function seen(child: ChildProcess, { file }: Setup): Promise<{ env: string[]; line: string[] }> {
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toContain('\n'), {
    timeout: 200_000,
  })
  const listed = (name: string): string[] =>
    readFileSync(`/proc/${child.pid}/${name}`, 'utf8').split('\0').slice(0, -1)
  const [env, line] = [listed('environ'), listed('cmdline')]
  const closed = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
  return { env, line }
}

function start(
  { args, env }: Setup,
  more: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
  stdio: SpawnOptions['stdio'] = 'ignore',
): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, bin, ...args], { env: { ...env, ...more }, stdio })
}

const less = ['MALLOC_ARENA_MAX=1', 'MALLOC_MMAP_THRESHOLD_=32768']
const ofMemory = (env: readonly string[]): string[] =>
  env.filter((text) => /^(MALLOC_|NODE_OPTIONS=)/.test(text)).sort()

onLinux('run goes on as the same process with less memory, and a signal stops it', async () => {
  const given = await setup()
  const { env, line } = await seen(start(given), given)
  expect(ofMemory(env)).toEqual([...less, 'NODE_OPTIONS=--max-semi-space-size=8'])
  expect(line).toEqual([process.execPath, bin, ...given.args])
})

onPosix(
  'a worker of a fleet starts with less memory too, and a command that ends at once as it was called',
  async () => {
    const { env, folder } = await setup()
    const [watch, starts] = [join(folder, 'watch.cjs'), join(folder, 'starts')]
    writeFileSync(
      watch,
      `require('node:fs').appendFileSync(${JSON.stringify(starts)}, (process.env.MALLOC_ARENA_MAX ?? 'all') + '\\n')`,
    )
    const startsOf = async (...words: string[]): Promise<string> => {
      writeFileSync(starts, '')
      const watched = { ...env, NODE_OPTIONS: `--require ${watch}` }
      const child = spawn(process.execPath, [bin, ...words, '--help'], { env: watched, stdio: 'ignore' })
      expect(await once(child, 'close')).toEqual([0, null])
      return readFileSync(starts, 'utf8')
    }
    expect(await startsOf('fleet', 'worker')).toBe('all\n1\n')
    expect(await startsOf('fleet', 'status')).toBe('all\n')
  },
)

onLinux('what the user has set for Node and the C library stays', async () => {
  const given = await setup()
  const own = { MALLOC_ARENA_MAX: '4', NODE_OPTIONS: '--max-old-space-size=100 --max-semi-space-size=16' }
  const { env } = await seen(start(given, own), given)
  expect(ofMemory(env)).toEqual(['MALLOC_ARENA_MAX=4', less[1], `NODE_OPTIONS=${own.NODE_OPTIONS}`])
})

onLinux('flags of Node stay, and one for the size of the young generation is not contradicted', async () => {
  const given = await setup()
  const flags = ['--max-semi-space-size=4', '--cpu-prof', `--cpu-prof-dir=${given.folder}/profile`]
  const { env, line } = await seen(start(given, {}, flags), given)
  expect(ofMemory(env)).toEqual(less)
  expect(line).toEqual([process.execPath, ...flags, bin, ...given.args])
  const profiles = readdirSync(join(given.folder, 'profile'))
  const text = profiles.map((name) => readFileSync(join(given.folder, 'profile', name), 'utf8')).join()
  expect(text).toContain(pathToFileURL(dirname(bin)).href)
})

onLinux('with ASANA_AUDIT_RESTART=no it runs as it was started', async () => {
  const given = await setup()
  const { env } = await seen(start(given, { ASANA_AUDIT_RESTART: 'no' }), given)
  expect(ofMemory(env)).toEqual([])
})

onLinux('a program that forked it, or imports it, keeps its process', async () => {
  const forked = await setup()
  const child = fork(bin, forked.args, { env: forked.env, stdio: 'ignore', execArgv: [] })
  expect(ofMemory((await seen(child, forked)).env)).toEqual([])

  const imported = await setup()
  const program = join(imported.folder, 'program.mjs')
  writeFileSync(program, `await import(${JSON.stringify(bin)})`)
  const importing = spawn(process.execPath, [program, ...imported.args], {
    env: imported.env,
    stdio: 'ignore',
  })
  expect(ofMemory((await seen(importing, imported)).env)).toEqual([])

  const inWorker = await setup()
  const owner = join(inWorker.folder, 'owner.mjs')
  writeFileSync(
    owner,
    `import { Worker } from 'node:worker_threads'
    const [file, ...argv] = process.argv.slice(2)
    const worker = new Worker(file, { argv })
    process.once('SIGTERM', () => worker.terminate())`,
  )
  const owning = spawn(process.execPath, [owner, bin, ...inWorker.args], {
    env: inWorker.env,
    stdio: 'ignore',
  })
  expect(ofMemory((await seen(owning, inWorker)).env)).toEqual([])
})

test('started by a file without its ending, it runs as it was started', async () => {
  const { args, env, folder, file } = await setup()
  writeFileSync(join(folder, 'command.js'), `import(${JSON.stringify(bin)})`)
  const child = spawn(process.execPath, [join(folder, 'command'), ...args, '--once'], {
    env,
    stdio: 'ignore',
  })
  expect(await once(child, 'close')).toEqual([0, null])
  expect(readFileSync(file, 'utf8')).toContain('user_login_succeeded')
})

onPosix('a token from an open file or from standard input is still there', async () => {
  for (const [number, path] of [
    [3, '/dev/fd/3'],
    [0, '/dev/stdin'],
  ] as const) {
    const given = await setup()
    const { ASANA_TOKEN: token = '', ...env } = given.env
    writeFileSync(join(given.folder, 'token'), token, { mode: 0o600 })
    const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'ignore', 'pipe', 'ignore']
    stdio[number] = openSync(join(given.folder, 'token'), 'r')
    const args = [...given.args, '--once']
    const child = start({ ...given, args, env }, { ASANA_TOKEN_FILE: path }, [], stdio)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk
    })
    expect(await once(child, 'close'), said).toEqual([0, null])
  }
})

test('output and exit status arrive', async () => {
  const { env, folder } = await setup()
  const args = ['run', '--once', '--to', 'stdout', '--state', join(folder, 'state.db')]
  const done = await runCommand(args, { env })
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('user_login_succeeded') })
  expect(await runCommand(['run', '--to', 'nowhere'], { env })).toMatchObject({ code: 2, stdout: '' })
})
