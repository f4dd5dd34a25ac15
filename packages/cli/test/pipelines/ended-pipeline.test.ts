import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { startSimulator } from '@asana-audit/simulator'
import { afterAll, expect, test } from 'vitest'
import { closedPort } from '../../../../test/support/servers/listen.ts'
import { bin, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const simulator = await startSimulator({ events: 50 })
afterAll(() => simulator.close())

test.each([
  ['run', ['run', '--once']],
  ['backfill', ['backfill']],
])('%s says what was delivered before the fault that ended it', async (name, command) => {
  const stuck = await startSimulator({ events: 50, defaultLimit: 3, oddity: 'same-offset' })
  const archive = file(`${name}-stuck.jsonl`)
  const args = ['--workspace', stuck.workspace, '--base-url', stuck.url, '--to', `file:${archive}`]
  const env = { ASANA_TOKEN: 'simulator-token', ASANA_AUDIT_STATE: file(`${name}-stuck.db`) }
  try {
    const { stderr } = await runCommand([...command, ...args, '--log', 'json'], env)
    const delivered = readFileSync(archive, 'utf8').match(/"log\.record\.uid"/g)?.length
    expect(delivered).toBeGreaterThan(0)
    const told = { message: 'failed', code: 'no_headway', delivered }
    expect(JSON.parse(stderr.trim().split('\n').at(-1)!)).toMatchObject(told)
  } finally {
    await stuck.close()
  }
})

test('a pipeline that ends with a fault is reported at once, while the others run', async () => {
  const config = file('pipelines.yaml')
  const env = {
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file('state.db'),
  }
  const write = (filters: string): void => {
    const pipeline = (name: string, more: string): string =>
      `  - { name: ${name}, workspace: "${simulator.workspace}", base_url: "${simulator.url}", to: { file: { path: ${file(`${name}.jsonl`)} } }${more} }\n`
    writeFileSync(config, `pipelines:\n${pipeline('a', filters)}${pipeline('b', '')}`)
  }
  write('')
  expect(await runCommand(['run', '--once', '--config', config], env)).toMatchObject({ code: 0 })

  write(', filters: { event_type: user_login_failed }')
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, 'run', '--config', config, '--log', 'json'], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      const { message, pipeline, code, level } = JSON.parse(line)
      if (message !== 'failed') continue
      expect({ pipeline, code, level }).toEqual({ pipeline: 'a', code: 'filters_changed', level: 'error' })
      break
    }
    // B goes on.
    expect(child.exitCode).toBe(null)
  } finally {
    child.kill('SIGTERM')
    const [code] = await ended
    expect(code).toBe(2)
  }
})

test('with --exit-on-fatal a fault that needs a person ends its pipeline, and all others with it', async () => {
  const common = { workspace: simulator.workspace, base_url: simulator.url }
  const good = { ...common, name: 'good', to: { file: { path: file('good.jsonl') } } }
  const bad = { ...common, name: 'bad', token_env: 'WRONG_TOKEN', to: 'stdout' }
  const config = file('exit-on-fatal.yaml')
  writeFileSync(config, JSON.stringify({ pipelines: [good, bad] }))
  const env = { ASANA_TOKEN: 'simulator-token', WRONG_TOKEN: 'wrong', ASANA_AUDIT_STATE: file('fatal.db') }
  const { code, stderr } = await runCommand(
    ['run', '--exit-on-fatal', '--config', config, '--log', 'json'],
    env,
  )
  expect(code).toBe(1)
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed = { message: 'failed', pipeline: 'bad', code: 'unauthorized' }
  expect(lines).toContainEqual(expect.objectContaining(failed))
  expect(lines).toContainEqual(expect.objectContaining({ message: 'finished', pipeline: 'good' }))
})

test.each(['--once', '--exit-on-fatal'])('with %s a destination that stays down ends a run', async (flag) => {
  const source = ['--workspace', simulator.workspace, '--base-url', simulator.url]
  const env = {
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file(`down${flag}.db`),
    OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort(),
  }
  const args = ['run', flag, '--give-up-after', '1s', '--to', 'otlp', ...source, '--log', 'json']
  const { code, stderr } = await runCommand(args, env)
  expect(code).toBe(1)
  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({ message: 'failed', code: 'gave_up' })
})
