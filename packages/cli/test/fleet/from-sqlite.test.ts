import { writeFileSync } from 'node:fs'
import { startSimulator } from '@asana-audit/simulator'
import { afterAll, expect, vi } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { startPostgres, type TestPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { startWorker } from '../support/fleet-worker.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
let starting: Promise<TestPostgres> | undefined
afterAll(async () => (await starting)?.[Symbol.asyncDispose]())

const patient = { timeout: 120_000 }

test('pipelines of run become tenants that go on where they were, and one of another workspace is paused', async () => {
  starting ??= startPostgres()
  const database = await (await starting).createDatabase()
  await using asana = await startSimulator({ events: 120, days: 1, workspace: '42' })
  const receiver = await startReceiver()
  const [sqlite, exported, csv, config] = ['state.db', 'state.jsonl', 'tenants.csv', 'fleet.yaml'].map(
    inFolder,
  )
  if (!sqlite || !exported || !csv || !config) throw new Error('There are four names.')
  const command = async (...words: string[]): Promise<Ran> => {
    const ran = await runCommand(words, {
      ...{ ASANA_TOKEN: 'simulator-token', ASANA_WORKSPACE: '42', ASANA_BASE_URL: asana.url },
      ...receiver.env,
    })
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    return ran
  }
  for (const name of ['acme', 'moved'])
    await command('run', '--once', '--to', 'otlp', '--name', name, '--state', sqlite)
  expect(receiver.accepted.flat()).toHaveLength(240)

  // As the page for vendors says.
  writeFileSync(exported, (await command('state', 'export', '--state', sqlite)).stdout)
  await command('fleet', 'migrate', '--state', database)
  await command('state', 'import', exported, '--state', database)
  writeFileSync(
    csv,
    'name,workspace,token_ref,destination,poll_seconds\nacme,42,env:ASANA_TOKEN,collector,1\nmoved,43,env:ASANA_TOKEN,collector,1\n',
  )
  await command('fleet', 'tenant', 'import', csv, '--state', database)
  writeFileSync(
    config,
    `state: ${database}
destinations: { collector: { otlp: { endpoint: "${receiver.origin}/v1/logs" } } }
pipeline: { base_url: "${asana.url}" }
`,
  )
  const news = asana.grow(3).map(({ gid }) => gid)
  const worker = startWorker(['--config', config], { ASANA_TOKEN: 'simulator-token' })
  const ids = () => receiver.accepted.flat().map(({ attributes }) => attributes.get('log.record.uid'))
  await vi.waitFor(() => expect(ids()).toEqual(expect.arrayContaining(news)), patient)
  await vi.waitFor(async () => {
    const { stdout } = await command('fleet', 'status', '--json', '--state', database)
    expect(JSON.parse(stdout)).toMatchObject({ paused: [{ tenant: 'moved', code: 'filters_changed' }] })
  }, patient)
  expect(await worker.stop()).toBe(0)
  // Nothing came again.
  expect(ids()).toHaveLength(243)
})
