import { writeFileSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, expect } from 'vitest'
import { startPgbouncer, testWithPgbouncer } from '../../../../test/support/postgres/pgbouncer.ts'
import { startPostgres, type TestPostgres } from '../../../../test/support/postgres/start-postgres.ts'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
let starting: Promise<TestPostgres> | undefined
afterAll(async () => (await starting)?.[Symbol.asyncDispose]())

/** An empty database, and the command on it. */
async function newDatabase() {
  starting ??= startPostgres()
  const address = await (await starting).createDatabase()
  const fleet = (...words: string[]): Promise<Ran> =>
    runCommand(['fleet', ...words], { ASANA_AUDIT_STATE: address })
  return { address, fleet }
}

const acme = [
  'acme',
  ...['--workspace', '1234567890123456', '--token-ref', 'env:ACME_TOKEN', '--destination', 'siem'],
]
const header = 'name,workspace,token_ref,destination,poll_seconds'

test('each command names the step before it, with the exit status of a wrong configuration', async () => {
  const { fleet } = await newDatabase()
  for (const words of [['status'], ['tenant', 'list'], ['tenant', 'add', ...acme]]) {
    const { code, stderr } = await fleet(...words)
    expect({ words, code }).toEqual({ words, code: 2 })
    expect(stderr).toContain('asana-audit fleet migrate')
  }
  const migrated = await fleet('migrate', '--json')
  expect(migrated).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(migrated.stdout)).toEqual({ from: null, to: 2 })
  expect((await fleet('migrate')).stdout).toContain('as before')
  const { stdout } = await fleet('status')
  expect(stdout).toContain('0 tenants active, 0 paused, 0 removed')
  expect(stdout).toContain('No worker runs, so nothing is delivered.')
})

testWithPgbouncer('migrate refuses a pool in transaction mode, where its lock does not hold', async () => {
  const { address } = await newDatabase()
  const pooled = await startPgbouncer(address, 'transaction')
  const { code, stderr } = await runCommand(['fleet', 'migrate'], { ASANA_AUDIT_STATE: pooled })
  expect(code).toBe(2)
  expect(stderr).toContain('Give the address of the database itself')
})

test('a tenant from its first day to its last', async () => {
  const { fleet } = await newDatabase()
  await fleet('migrate')
  expect((await fleet('tenant', 'add', ...acme)).stdout).toContain('acme is added')
  expect(await fleet('tenant', 'add', ...acme)).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('There is a tenant "acme" already.') },
  })
  const { stdout: listed } = await fleet('tenant', 'list')
  expect(listed.split('\n')[1]).toMatch(/^acme +1234567890123456 +siem +env:ACME_TOKEN +60 s +active$/)
  await fleet('tenant', 'pause', 'acme', '--reason', 'contract')
  const { stdout: shown } = await fleet('tenant', 'show', 'acme')
  expect(shown).toMatch(/state +paused/)
  expect(shown).toContain('A person has paused it: contract.')
  const paused = JSON.parse((await fleet('status', '--json')).stdout) as {
    readonly paused: readonly object[]
  }
  expect(paused.paused).toMatchObject([{ tenant: 'acme', code: 'by_person' }])
  expect((await fleet('status')).stdout).toContain('A person has paused it: contract.')
  await fleet('tenant', 'resume', 'acme')
  const resumed = await fleet('tenant', 'show', 'acme', '--json')
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    name: 'acme',
    state: 'active',
    progress: { delivered: 0 },
  })
  expect((await fleet('tenant', 'remove', 'acme')).code).toBe(0)
  expect((await fleet('tenant', 'list')).stdout).toContain('There is no such tenant.')
  expect(await fleet('tenant', 'pause', 'beta')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no tenant "beta".'),
  })
})

test('a wrong tenant is refused with all that is wrong, and without its token', async () => {
  const { fleet } = await newDatabase()
  await fleet('migrate')
  const token = '2/1234567890123456/1234567890123456:0123456789abcdef'
  const wrong = [
    '--workspace',
    'no gid!',
    '--token-ref',
    token,
    '--destination',
    'siem',
    '--poll-seconds',
    '0',
  ]
  const { code, stderr } = await fleet('tenant', 'add', 'acme', ...wrong)
  expect(code).toBe(2)
  for (const setting of ['--workspace', '--token-ref', '--poll-seconds']) expect(stderr).toContain(setting)
  expect(stderr).not.toContain('0123456789abcdef')
})

test('an import says how many, or every wrong line with its number and imports nothing', async () => {
  const { fleet } = await newDatabase()
  await fleet('migrate')
  const config = inFolder('fleet.yaml')
  writeFileSync(config, 'destinations: { siem: { otlp: { endpoint: "http://127.0.0.1:4318/v1/logs" } } }\n')
  const csv = inFolder('tenants.csv')
  writeFileSync(csv, `${header}\nacme,1,env:A,siem,60\nbeta,x!,nowhere,sime,60\n`)
  const refused = await fleet('tenant', 'import', csv, '--config', config)
  expect(refused.code).toBe(2)
  for (const field of ['workspace', 'token_ref']) expect(refused.stderr).toContain(`line 3: ${field}`)
  expect((await fleet('tenant', 'list', '--json')).stdout).toBe('{"tenants":[]}\n')
  writeFileSync(csv, `${header}\nacme,1,env:A,siem,60\nbeta,2,env:B,siem,\n`)
  const imported = await fleet('tenant', 'import', csv, '--config', config)
  expect(imported.stdout).toContain('2 added, 0 changed, 0 as they were')
  const missing = await fleet('tenant', 'import', inFolder('nowhere.csv'))
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere.csv') })
})

test('without a database, each command says how to give its address', async () => {
  const { code, stderr } = await runCommand(['fleet', 'status'])
  expect(code).toBe(2)
  expect(stderr).toContain('--state')
  expect(stderr).toContain('postgres://')
  const file = await runCommand(['fleet', 'status', '--state', inFolder('state.db')])
  expect(file).toMatchObject({ code: 2, stderr: expect.stringContaining('postgres://') })
})

test('a database that nobody serves is a sentence, and not a trace', async () => {
  const { code, stderr } = await runCommand([
    'fleet',
    'status',
    '--state',
    'postgres://nobody@127.0.0.1:1/none',
  ])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^asana-audit: .*127\.0\.0\.1/)
  expect(stderr).not.toContain('    at ')
})

test('a database that can only be read refuses changes with a sentence, and answers questions', async () => {
  const { fleet, address } = await newDatabase()
  await fleet('migrate')
  const client = new Client({ connectionString: address })
  await client.connect()
  await client.query(
    `alter database "${new URL(address).pathname.slice(1)}" set default_transaction_read_only = on`,
  )
  await client.end()
  const { code, stderr } = await fleet('tenant', 'add', ...acme)
  expect(code).toBe(1)
  expect(stderr).toContain('can only be read')
  expect((await fleet('status')).code).toBe(0)
})

test('a password in the address on the command line is refused, and not repeated', async () => {
  const { code, stderr } = await runCommand([
    'fleet',
    'status',
    '--state',
    'postgres://me:open-sesame@127.0.0.1/db',
  ])
  expect(code).toBe(2)
  expect(stderr).toContain('PGPASSWORD')
  expect(stderr).not.toContain('open-sesame')
})
