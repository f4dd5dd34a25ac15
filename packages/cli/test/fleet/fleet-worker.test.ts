import { writeFileSync } from 'node:fs'
import { startSimulator } from '@asana-audit/simulator'
import { afterAll, expect, vi } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { startPostgres, type TestPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { startWorker } from '../support/fleet-worker.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
let starting: Promise<TestPostgres> | undefined
afterAll(async () => (await starting)?.[Symbol.asyncDispose]())

test('a worker delivers its tenants to the destination of the file, and pauses one whose token is missing', async () => {
  starting ??= startPostgres()
  const state = await (await starting).createDatabase()
  await using asana = await startSimulator({ events: 120, days: 1, workspace: '42' })
  const receiver = await startReceiver()
  const config = inFolder('fleet.yaml')
  writeFileSync(
    config,
    `state: ${state}
destinations: { collector: { otlp: { endpoint: "${receiver.origin}/v1/logs" } } }
pipeline: { base_url: "${asana.url}" }
tenant_metrics: true
listen: "127.0.0.1:0"
`,
  )
  const fleet = (...words: string[]) => runCommand(['fleet', ...words, '--config', config])
  expect((await fleet('migrate')).code).toBe(0)
  const destination = ['--destination', 'collector', '--poll-seconds', '1', '--workspace', '42']
  await fleet('tenant', 'add', 'acme', '--token-ref', 'env:ACME_TOKEN', ...destination)
  await fleet('tenant', 'add', 'beta', '--token-ref', 'env:BETA_TOKEN', ...destination)
  // Without the file, its destination is not checked.
  await runCommand([
    ...['fleet', 'tenant', 'add', 'gamma', '--token-ref', 'env:ACME_TOKEN', '--workspace', '42'],
    ...['--destination', 'nowhere', '--state', state],
  ])
  const worker = startWorker(['--config', config, '--name', 'one'], { ACME_TOKEN: 'simulator-token' })
  await vi.waitFor(() => expect(receiver.accepted.flat()).toHaveLength(120), { timeout: 120_000 })
  const pausedTenants = () =>
    worker.lines.filter(({ message }) => message === 'paused').map(({ tenant }) => tenant)
  await vi.waitFor(() => expect(new Set(pausedTenants())).toEqual(new Set(['beta', 'gamma'])), {
    timeout: 120_000,
  })
  const started = worker.lines.find(({ message }) => message === 'started')
  const listening = String(started?.['listening'])
  expect((await fetch(`${listening}readyz`)).status).toBe(200)
  expect(await (await fetch(`${listening}metrics`)).text()).toMatch(/tenant="acme",workspace="42"/)
  const { stdout } = await fleet('status')
  expect(stdout).toContain('1 tenant active, 2 paused, 0 removed')
  expect(stdout).toContain('The environment variable BETA_TOKEN')
  expect(stdout).toContain("this worker's file has only collector")
  expect(stdout).toMatch(/^ {2}one /m)
  expect(await worker.stop()).toBe(0)
  expect(worker.lines.at(-1)).toMatchObject({ message: 'stopped' })

  // The name of a tenant is that of its pipeline.
  const ofState = (...words: string[]) =>
    runCommand([...words, '--state', state], { ASANA_TOKEN: 'simulator-token' })
  expect((await ofState('state', 'show')).stdout).toMatch(/acme \(live\)\n +delivered +120 events/)
  expect((await ofState('quarantine', 'list')).stdout).toContain('empty')
  const pipeline = ['--name', 'acme', '--workspace', '42', '--base-url', asana.url, '--to', 'stdout']
  expect(await ofState('verify', ...pipeline)).toMatchObject({
    ...{ code: 0, stdout: expect.stringContaining('✓ acme') },
  })
})

test('a worker whose file says another budget than the others ends with what to do', async () => {
  starting ??= startPostgres()
  const state = await (await starting).createDatabase()
  const config = inFolder('budget.yaml')
  const file = (perMinute: number): void =>
    writeFileSync(
      config,
      `state: ${state}\nrequests_per_minute: ${perMinute}\ndestinations: { a: { otlp: { endpoint: "http://127.0.0.1:1/v1/logs" } } }\n`,
    )
  file(300)
  expect((await runCommand(['fleet', 'migrate', '--config', config])).stdout).toContain(
    'requests_per_minute: 300',
  )
  file(600)
  const { code, stderr } = await runCommand(['fleet', 'worker', '--config', config])
  expect(code).toBe(2)
  expect(stderr).toContain('agreed on requests_per_minute: 300')
})
