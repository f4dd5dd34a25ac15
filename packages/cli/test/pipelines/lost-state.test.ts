import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bin, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ events: 50 })
})
afterAll(() => simulator.close())

const envWith = (state: string): Record<string, string> => ({
  ASANA_BASE_URL: simulator.url,
  ASANA_WORKSPACE: simulator.workspace,
  ASANA_TOKEN: 'simulator-token',
  ASANA_AUDIT_STATE: file(state),
})

interface Runner {
  /** What it said when it ended, and its exit status. */
  readonly end: Promise<{ readonly code: number | null; readonly said: string }>
  kill(): void
}

/** Runs for ever, and resolves once everything there is was delivered: from then on nothing but empty pages comes. */
async function startRunner(state: string, output: string): Promise<Runner> {
  const { PATH = '', HOME = '' } = process.env
  const args = ['run', '--to', `file:${file(output)}`, '--name', 'main', '--poll', '1s', '--log', 'json']
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH, HOME, ...envWith(state) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  const closed = once(child, 'close')
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
  for (;;) {
    const { stdout } = await runCommand(['state', 'show', '--json'], envWith(state))
    if (child.exitCode !== null) throw new Error(lines.join('\n'))
    if (stdout.includes(`"delivered":${simulator.events.length},`)) break
  }
  return {
    end: closed.then(([code]) => ({ code: code as number | null, said: lines.join('\n') })),
    kill: () => void child.kill('SIGTERM'),
  }
}

test.each<[string, (state: string) => void]>([
  [
    'deleted',
    (state) => {
      for (const name of readdirSync(file('.'))) if (name.startsWith(state)) rmSync(file(name))
    },
  ],
  ['moved away', (state) => renameSync(file(state), file(`${state}.old`))],
])('a runner stops at the next event once its state was %s', async (what, harm) => {
  const state = `${what.slice(0, 5)}.db`
  const runner = await startRunner(state, `${state}.jsonl`)
  harm(state)
  simulator.grow(1)
  const { code, said } = await runner.end
  expect(code).toBe(1)
  expect(said).toContain('"code":"state_gone"')
  expect(said).toContain(`${file(state)} was deleted or moved away`)
})

test('no second runner starts through a link to the state of the first', async () => {
  const runner = await startRunner('linked.db', 'linked.jsonl')
  symlinkSync(file('linked.db'), file('link.db'))
  const args = ['run', '--once', '--to', `file:${file('other.jsonl')}`, '--name', 'main']
  const second = await runCommand(args, envWith('link.db'))
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('"code":"already_running"')
  runner.kill()
  expect((await runner.end).code).toBe(0)
})

test('no second process writes the file of the first, even with its own state', async () => {
  const runner = await startRunner('first.db', 'shared.jsonl')
  symlinkSync(file('shared.jsonl'), file('shared-link.jsonl'))
  for (const path of ['shared.jsonl', 'shared-link.jsonl']) {
    const second = await runCommand(['run', '--to', `file:${file(path)}`], envWith('second.db'))
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('Another process is writing')
  }
  const checked = await runCommand(['check', '--to', `file:${file('shared.jsonl')}`], envWith('second.db'))
  expect([checked.code, checked.stdout.includes('Another process is writing')]).toEqual([1, true])
  const own = ['check', '--to', `file:${file('shared.jsonl')}`, '--name', 'main']
  expect(await runCommand(own, envWith('first.db'))).toMatchObject({ code: 0 })
  runner.kill()
  expect((await runner.end).code).toBe(0)
})
