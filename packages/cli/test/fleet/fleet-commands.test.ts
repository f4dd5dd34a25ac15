import { writeFileSync } from 'node:fs'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
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
  expect(JSON.parse(migrated.stdout)).toEqual({ from: null, to: 3 })
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

test('a tenant of a fleet is not forgotten, and keeps all it has', async () => {
  const { address, fleet } = await newDatabase()
  await fleet('migrate')
  await fleet('tenant', 'add', ...acme)
  const forgotten = await runCommand(['state', 'forget', 'acme', '--yes'], { ASANA_AUDIT_STATE: address })
  expect([forgotten.code, forgotten.stdout]).toEqual([1, ''])
  expect(forgotten.stderr).toContain('"acme" is a tenant of a fleet, or was one, so it cannot be forgotten.')
  expect((await fleet('tenant', 'list')).stdout).toContain('acme')
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

test('a wrong tenant is refused before anything connects, with all that is wrong, and without its token', async () => {
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
  const state = ['--state', 'postgres://audit@127.0.0.1:1/none']
  const { code, stderr } = await runCommand(['fleet', 'tenant', 'add', 'acme', ...wrong, ...state])
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

test('tokens that cannot be read here are told line by line, and their tenants are imported: the workers may have them', async () => {
  const { fleet } = await newDatabase()
  await fleet('migrate')
  const config = inFolder('tokens.yaml')
  writeFileSync(
    config,
    'destinations: { siem: { otlp: { endpoint: "http://127.0.0.1:4318/v1/logs" } } }\ntoken_programs: [vault]\n',
  )
  const csv = inFolder('tokens.csv')
  const rows = ['acme,1,env:A,siem', 'beta,2,file:/nowhere/beta,siem', 'gamma,3,exec:op read x,siem']
  writeFileSync(csv, ['name,workspace,token_ref,destination', ...rows, ''].join('\n'))
  const { code, stdout, stderr } = await fleet('tenant', 'import', csv, '--config', config)
  expect(code).toBe(0)
  expect(stdout).toContain('3 added')
  expect(stderr).toContain(`${csv}, line 2: The environment variable A is not set here.`)
  expect(stderr).toContain('line 3: The file of the token (/nowhere/beta) cannot be read here (ENOENT).')
  expect(stderr).toContain('line 4: ')
  expect(stderr).toContain('token_programs: [op]')
  expect(stderr).toContain('3 tokens cannot be read on this machine.')
  const again = await fleet('tenant', 'import', csv, '--json')
  expect(JSON.parse(again.stdout)).toEqual({
    ...{ added: 0, changed: 0, unchanged: 3 },
    // Without the fleet's file, nothing is known of programs.
    warnings: [2, 3].map((line) => ({ line, field: 'token_ref', message: expect.any(String) })),
  })
})

test('a destination that the file does not have is refused, and the token of a tenant that is added may be missing here', async () => {
  const { fleet } = await newDatabase()
  await fleet('migrate')
  const config = inFolder('names.yaml')
  writeFileSync(config, 'destinations: { seim: { otlp: { endpoint: "http://127.0.0.1:4318/v1/logs" } } }\n')
  const refused = await fleet('tenant', 'add', ...acme, '--config', config)
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean seim?') })
  const added = await fleet('tenant', 'add', ...acme)
  expect(added).toMatchObject({
    ...{ code: 0, stdout: expect.stringContaining('acme is added') },
    stderr: expect.stringContaining('acme: The environment variable ACME_TOKEN is not set here.'),
  })
})

test('status says who is behind and why, which worker is silent, and how long a history takes', async () => {
  const { fleet, address } = await newDatabase()
  await fleet('migrate')
  await fleet('tenant', 'add', ...acme)
  // Polled once a day, so never behind.
  await fleet('tenant', 'add', 'beta', ...acme.slice(1), '--poll-seconds', '86400')
  const client = new Client({ connectionString: address })
  await client.connect()
  const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()
  await client.query(
    `insert into asana_audit.lane (pipeline_id, name, cursor, version, delivered, committed_at)
     select id, lane, cursor, 1, 5000, committed_at from asana_audit.pipeline join (values
       ('acme', 'live', '{}', now() - interval '10 minutes'), ('beta', 'live', '{}', now()), ('beta', 'backlog', $1, now())
     ) as given (name, lane, cursor, committed_at) using (name)`,
    [asanaBackfillCursor(daysAgo(45), daysAgo(0))],
  )
  await client.query(
    `insert into asana_audit_boss.job (name, singleton_key, policy)
     select 'backlog', id::text, 'exclusive' from asana_audit.pipeline where name = 'beta';
     update asana_audit.tenant set created_at = now() - interval '1 hour';
     insert into asana_audit.worker (name, version, slots, seen_at) values ('one', '0.1.0', 68, now() - interval '1 minute')`,
  )
  await client.end()
  const { stdout } = await fleet('status')
  expect(stdout).toContain('2 tenants active, 0 paused, 0 removed')
  expect(stdout).toMatch(
    /half of the tenants lag \S+ s or less, 99 % \S+ s, the most is \S+ s; 1 tenant behind/,
  )
  expect(stdout).toMatch(/Histories: 1 under way, the longest about .+ more/)
  expect(stdout).toMatch(/\n {2}one .*silent: dead, stopped or cut off/)
  expect(stdout).toMatch(/Behind\n.*\n {2}acme [^\n]* ago[\s\S]*No turn is planned for it\./)
  expect(stdout).toMatch(/\n {2}beta +50 % +5,000 +about /)
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
  expect(stderr).toMatch(/^✗ .*127\.0\.0\.1/)
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
  // What is missing is told before anything is written.
  expect(stderr).toMatch(/ACME_TOKEN is not set here[\s\S]*can only be read/)
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
