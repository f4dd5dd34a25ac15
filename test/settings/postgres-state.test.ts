import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect } from 'vitest'
import { type Finished, runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { ownPostgresOfFile, testWithOwnPostgres as test } from '../support/postgres/suite.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'

// Every command that takes the state in a file takes one in PostgreSQL.

const secret = 's3cret with spaces'
const server = ownPostgresOfFile(
  () => ({ hba: ['host all auditor 127.0.0.1/32 scram-sha-256'] }),
  ({ url }) => query(url, `create role auditor login password '${secret}'`),
)
const newDatabase = (): Promise<string> => server().createDatabase()

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(text)
  await client.end()
}

/** A database of a user who needs a password; the address has none. */
async function databaseWithPassword(): Promise<string> {
  const url = new URL(await newDatabase())
  await query(url.href, `alter database "${url.pathname.slice(1)}" owner to auditor`)
  url.username = 'auditor'
  return url.href
}

const events = (count: number): string[] => {
  const yesterday = Date.now() - 86_400_000
  return Array.from({ length: count }, (_, number) =>
    loginEvent(number, { created_at: new Date(yesterday + number * 1_000).toISOString() }),
  )
}

const good = ({ code, stdout, stderr }: Finished): string => {
  expect(code, stderr).toBe(0)
  return stdout
}

test('run, show, verify, health, export, import, rewind, backfill and forget work on a state in PostgreSQL', async () => {
  const url = await newDatabase()
  const { env } = await startAsana({ events: events(20) })
  const folder = temporaryFolder()
  const file = join(folder, 'audit.jsonl')
  const to = ['--to', `file:${file}`, '--name', 'main']
  const command = async (...args: string[]): Promise<Finished> =>
    runCommand([...args, '--state', url], { env })
  const lines = (): number => readFileSync(file, 'utf8').split('"log.record.uid"').length - 1

  expect(good(await command('check', ...to))).toContain('does not exist yet. The first run creates it')
  good(await command('run', '--once', ...to))
  expect(lines()).toBe(20)
  good(await command('run', '--once', ...to))
  expect(lines()).toBe(20)
  expect(good(await command('check', ...to))).toContain('holds one position')
  expect(good(await command('state', 'show'))).toContain(`${url}\n\nmain (live)\n  delivered     20 events`)
  expect(JSON.parse(good(await command('state', 'show', '--json')))).toMatchObject({ statePath: url })
  expect(good(await command('verify', ...to))).toContain('✓ main')
  expect(good(await command('quarantine', 'list'))).toContain('empty')
  const health = await command('health')
  expect(health.code).toBe(1)
  expect(health.stdout + health.stderr).toContain('main is not running')

  const exported = join(folder, 'state.jsonl')
  writeFileSync(exported, good(await command('state', 'export')))
  const sqlite = join(folder, 'state.db')
  good(await runCommand(['state', 'import', exported, '--state', sqlite], { env }))
  good(await runCommand(['run', '--once', ...to, '--state', sqlite], { env }))
  expect(lines()).toBe(20)
  const back = await newDatabase()
  const again = join(folder, 'again.jsonl')
  writeFileSync(again, good(await runCommand(['state', 'export', '--state', sqlite], { env })))
  good(await runCommand(['state', 'import', again, '--state', back], { env }))
  good(await runCommand(['run', '--once', ...to, '--state', back], { env }))
  expect(lines()).toBe(20)

  good(await command('state', 'rewind', '--to', '7d'))
  good(await command('run', '--once', ...to))
  expect(lines()).toBe(40)
  good(await command('backfill', '--dry-run', ...to))
  good(await command('backfill', ...to))
  expect(lines()).toBe(60)

  expect(good(await command('state', 'forget', 'main'))).toContain('Nothing was deleted.')
  expect(good(await command('state', 'forget', 'main', '--yes'))).toContain('✓ main is forgotten.')
  expect(good(await command('state', 'show'))).toContain('No pipeline was ever started')
  good(await command('run', '--once', ...to))
  expect(lines()).toBe(80)
})

test('commands that read a state say that a database has none, and make nothing there', async () => {
  const url = await newDatabase()
  for (const args of [['state', 'show'], ['state', 'export'], ['quarantine', 'list'], ['health']]) {
    const { code, stderr } = await runCommand([...args, '--state', url])
    expect(code).toBe(2)
    expect(stderr).toContain('There is no state in this database.')
  }
})

test('a password written on the command line or in a settings file is refused, and is in no message', async () => {
  const withPassword = new URL(await databaseWithPassword())
  withPassword.password = secret
  const folder = temporaryFolder()
  const config = join(folder, 'asana-audit.yaml')
  writeFileSync(config, `state: ${withPassword.href}\npipelines: [{ workspace: "1", to: stdout }]\n`)
  for (const args of [
    ['state', 'show', '--state', withPassword.href],
    ['state', 'show', '--config', config],
    ['run', '--config', config],
    ['health', '--config', config],
  ]) {
    const { code, stdout, stderr } = await runCommand(args)
    expect(code).toBe(2)
    expect(stderr).toContain('ASANA_AUDIT_STATE_PASSWORD_FILE')
    for (const hidden of [secret, withPassword.password]) expect(stdout + stderr).not.toContain(hidden)
  }
})

test('the password comes from a file, from ASANA_AUDIT_STATE, from PGPASSWORD or from PGPASSFILE', async () => {
  const url = await databaseWithPassword()
  const { env } = await startAsana({ events: events(3) })
  const folder = temporaryFolder()
  const put = (name: string, text: string, mode = 0o600): string => {
    writeFileSync(join(folder, name), text, { mode })
    return join(folder, name)
  }
  const { hostname, port, pathname } = new URL(url)
  const withPassword = new URL(url)
  withPassword.password = secret
  const passFile = put(
    'pass',
    `# ours\nother:1:*:*:no\n${hostname}:${port}:${pathname.slice(1)}:auditor:${secret}\n`,
  )
  const sources: Record<string, string>[] = [
    { ASANA_AUDIT_STATE_PASSWORD_FILE: put('password', `${secret}\n`), ASANA_AUDIT_STATE: url },
    { ASANA_AUDIT_STATE: withPassword.href },
    { PGPASSWORD: secret, ASANA_AUDIT_STATE: url },
    { PGPASSFILE: passFile, ASANA_AUDIT_STATE: url },
  ]
  for (const source of sources) {
    const run = ['run', '--once', '--to', 'stdout', '--name', 'main', '--log', 'json']
    const { code, stderr } = await runCommand(run, { env: { ...env, ...source } })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(url)
    for (const hidden of [secret, withPassword.password]) expect(stderr).not.toContain(hidden)
  }
  // A fleet asks for it in the same way.
  good(await runCommand(['fleet', 'migrate'], { env: sources[0]! }))
  const openToAll = put('open', `*:*:*:*:${secret}\n`, 0o644)
  for (const [source, why, status] of [
    [{}, 'Check user, password', 1],
    [{ PGPASSWORD: 'wrong' }, 'Check user, password', 1],
    [{ PGPASSFILE: openToAll }, 'chmod 600', 2],
    [{ ASANA_AUDIT_STATE_PASSWORD_FILE: join(folder, 'none') }, 'ENOENT', 2],
  ] as const) {
    const { code, stderr } = await runCommand(['state', 'show', '--state', url], { env: source })
    expect(code).toBe(status)
    expect(stderr).toContain(why)
  }
})

test.each([
  ['postgres://somebody@127.0.0.1:1/none', 1, 'cannot be reached (ECONNREFUSED)'],
  ['postgres://somebody@127.0.0.1/none?sslmode=sometimes', 2, 'verify-full'],
  ['postgres://[', 2, 'cannot be read as an address'],
])('a state at %s ends with %i and says why', async (url, status, why) => {
  const { env } = await startAsana({ events: [] })
  const { code, stderr } = await runCommand(['run', '--once', '--to', 'stdout', '--state', url], { env })
  expect(stderr).toContain(why)
  expect(code).toBe(status)
})
