import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { readRecords } from '@asana-audit/otlp'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bin, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
let simulator: Simulator
let env: Record<string, string> = {}

beforeAll(async () => {
  simulator = await startSimulator({ events: 300 })
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file('state.db'),
  }
  const { code, stderr } = await runCommand(['run', '--once', '--to', `file:${file('audit.jsonl')}`], env)
  if (code !== 0) throw new Error(stderr)
})
afterAll(() => simulator.close())

interface Ended {
  readonly code: number | null
  readonly stderr: string
}

/** Runs the command with standard output on a full device: every write to it fails. */
async function runIntoFullDevice(args: readonly string[], state = 'state.db'): Promise<Ended> {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [bin, ...args], {
    env: allEnv(state),
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  return { code, stderr }
}

/** Runs the command with standard output whose reader has gone before the first byte. */
async function runIntoClosedPipe(args: readonly string[], state = 'state.db'): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: allEnv(state),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { code, stderr }
}

function allEnv(state: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ...env, ASANA_AUDIT_STATE: file(state) }
}

const commands: readonly (readonly string[])[] = [
  ['--help'],
  ['--version'],
  ['run', '--help'],
  ['schema', '--format', 'panther'],
  ['state', 'show'],
  ['state', 'show', '--json'],
  ['state', 'export'],
  ['quarantine', 'list'],
  ['check', '--to', 'stdout'],
  ['verify', '--to', 'file:audit.jsonl'],
  ['query', '--output', 'jsonl'],
  ['query', '--from', 'audit.jsonl'],
  ['query', '--from', 'audit.jsonl', '--count-by', 'actor'],
  ['convert', 'audit.jsonl', '--format', 'ocsf'],
  ['detect', '--from', 'audit.jsonl'],
  ['report', '--from', 'audit.jsonl', '--out', '-'],
  ['simulate', '--list-stories'],
]

const inFolder = (args: readonly string[]): string[] =>
  args.map((arg) => arg.replace('audit.jsonl', file('audit.jsonl')))

describe.skipIf(!existsSync('/dev/full'))('standard output on a full device', () => {
  test.each(commands.map((args) => [args.join(' '), args] as const))(
    'ends %s with exit 1 and a sentence',
    async (_, args) => {
      const { code, stderr } = await runIntoFullDevice(inFolder(args))
      expect(stderr).toContain('Standard output could not be written (ENOSPC)')
      expect(stderr).not.toMatch(/^\s+at /m)
      expect(code).toBe(1)
    },
  )

  test('ends simulate too, because nobody can read its address', async () => {
    const { code, stderr } = await runIntoFullDevice(['simulate', '--events', '1'])
    expect([code, stderr.includes('ENOSPC')]).toEqual([1, true])
  })

  test('is a fault of the destination stdout: run ends, and nothing counts as delivered', async () => {
    const { code, stderr } = await runIntoFullDevice(['run', '--to', 'stdout'], 'full.db')
    expect(stderr).toContain('There is no room for the output (ENOSPC)')
    expect(stderr.match(/ENOSPC/g)).toHaveLength(1)
    expect(code).toBe(1)
    expect(await deliveredIn('full.db')).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('standard output whose reader has gone', () => {
  const everyOther = commands.filter((_, index) => index % 2 === 0)
  test.each(everyOther.map((args) => [args.join(' '), args] as const))(
    'lets %s end without a message, with its usual exit status',
    async (_, args) => {
      const { code, stderr } = await runIntoClosedPipe(inFolder(args))
      expect(stderr).not.toMatch(/EPIPE|^\s+at /m)
      expect(code).toBe((await runCommand(inFolder(args), env)).code)
    },
  )

  test.each([[[]], [['--format', 'ocsf']], [['--once']]])(
    'is a fault of the destination stdout (%s): run ends, and nothing counts as delivered',
    async (more) => {
      const state = `closed-${more.length}${more[0] ?? ''}.db`
      const { code, stderr } = await runIntoClosedPipe(['run', '--to', 'stdout', ...more], state)
      expect(stderr).toContain('The output was closed (EPIPE)')
      expect(stderr).not.toMatch(/^\s+at /m)
      expect(code).toBe(1)
      expect(await deliveredIn(state)).toEqual([])
    },
  )
})

/** The rows of a state that count a delivered event. */
async function deliveredIn(state: string): Promise<unknown[]> {
  const { stdout } = await runCommand(['state', 'show', '--json'], { ...env, ASANA_AUDIT_STATE: file(state) })
  const { lanes } = JSON.parse(stdout) as { lanes: { delivered: number }[] }
  return lanes.filter(({ delivered }) => delivered > 0)
}

describe.skipIf(process.platform === 'win32')('standard error whose reader has gone', () => {
  test.each([[[]], [['--log', 'json']], [['--log', 'human']]])(
    'does not end a delivery (%s)',
    async (log) => {
      const path = file(`deaf${log.join('')}.jsonl`)
      const state = `deaf${log.join('')}.db`
      const args = ['run', '--once', '--to', `file:${path}`, ...log]
      const child = spawn(process.execPath, [bin, ...args], {
        env: allEnv(state),
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      child.stderr.destroy()
      const [code] = await once(child, 'close')
      expect(code).toBe(0)
      expect(await recordsIn(path)).toBe(300)
    },
  )

  test('does not end a continuous run, and SIGTERM still stops it', async () => {
    const path = file('for-ever.jsonl')
    const child = spawn(
      process.execPath,
      [bin, 'run', '--to', `file:${path}`, '--poll', '1s', '--log', 'json'],
      {
        env: allEnv('for-ever.db'),
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    const ended = once(child, 'close')
    await once(child.stderr, 'data')
    child.stderr.destroy()
    await vi.waitFor(async () => expect(await recordsIn(path)).toBe(300), { timeout: 200_000 })
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  test.skipIf(!existsSync('/dev/full'))('on a full device does not end a delivery either', async () => {
    const path = file('full-log.jsonl')
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [bin, 'run', '--once', '--to', `file:${path}`, '--log', 'json'], {
      env: allEnv('full-log.db'),
      stdio: ['ignore', 'ignore', full],
    })
    closeSync(full)
    expect(await once(child, 'close')).toEqual([0, null])
    expect(await recordsIn(path)).toBe(300)
  })
})

async function recordsIn(path: string): Promise<number> {
  if (!existsSync(path)) return 0
  let records = 0
  for await (const _ of readRecords({ input: createReadStream(path), name: path, onProblem: () => {} }))
    records += 1
  return records
}

describe.skipIf(process.platform !== 'linux')('standard output that was closed before the start', () => {
  /** Runs the command through a shell, with this redirection after it. */
  async function run(redirection: string, state: string, command = ['run', '--once']): Promise<Ended> {
    const script = `exec "$0" "$@" ${redirection}`
    const args = ['-c', script, process.execPath, bin, ...command, '--to', 'stdout']
    const child = spawn('sh', args, { env: allEnv(state), stdio: ['ignore', 'ignore', 'pipe'] })
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    return { code, stderr }
  }

  test('delivers nothing, and says so', async () => {
    const { code, stderr } = await run('>&-', 'closed.db')
    expect(code).toBe(1)
    expect(stderr).toContain('Standard output is closed or discarded')
    const { stdout } = await runCommand(['state', 'show', '--json'], {
      ...env,
      ASANA_AUDIT_STATE: file('closed.db'),
    })
    expect(stdout).not.toContain('"delivered":300')
  })

  test('is reported by check too', async () => {
    expect((await run('>&-', 'checked.db', ['check'])).code).toBe(1)
  })

  test('is not confused with /dev/null, which discards on purpose', async () => {
    expect((await run('> /dev/null', 'thrown-away.db')).code).toBe(0)
  })
})
