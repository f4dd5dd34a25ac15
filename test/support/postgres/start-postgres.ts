import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { closedPort } from '../servers/listen.ts'
import { postgresBinaries, serverUser } from './binaries.ts'

/** A PostgreSQL for tests. */
export interface TestPostgres extends AsyncDisposable {
  /** The address of its database `postgres`, over TCP, where the user `postgres` needs no password. */
  readonly url: string
  /** Makes a database and gives its address. */
  createDatabase(name?: string): Promise<string>
}

/** One that the test started, and may stop. */
export interface OwnPostgres extends TestPostgres {
  /** Its folder of data. */
  readonly folder: string
  /** `immediate` is a crash: nothing is written on the way out. `fast` ends all sessions in good order. */
  stop(mode: 'immediate' | 'fast'): Promise<void>
  /** After a stop, the same data on the same port. */
  start(): Promise<void>
}

export interface PostgresSettings {
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Lines before those of `pg_hba.conf` that let everybody of this machine in. */
  readonly hba?: readonly string[]
  /** Files to put into its folder, readable by the server alone, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** Whether `startPostgres` can work here. */
export const hasPostgres: boolean =
  process.env['DATABASE_URL'] !== undefined || postgresBinaries() !== undefined

/** The server of `DATABASE_URL`, or else one of our own. The caller disposes it. */
export async function startPostgres(): Promise<TestPostgres> {
  const { DATABASE_URL: given } = process.env
  if (given === undefined) return startOwnPostgres()
  const made: string[] = []
  return {
    url: given,
    async createDatabase(name = randomName()) {
      made.push(name)
      return createDatabase(given, name)
    },
    async [Symbol.asyncDispose]() {
      for (const name of made) await query(given, `drop database if exists "${name}" with (force)`)
    },
  }
}

/** Starts a server of our own, whatever `DATABASE_URL` says, with what it needs to be stopped. */
export async function startOwnPostgres({
  settings = {},
  hba = [],
  files = {},
}: PostgresSettings = {}): Promise<OwnPostgres> {
  const binaries = postgresBinaries()
  if (binaries === undefined)
    throw new Error('There is no PostgreSQL here: install postgresql, or set DATABASE_URL.')
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-postgres-'))
  if (serverUser.uid !== undefined) chownSync(folder, serverUser.uid, serverUser.uid)
  const data = join(folder, 'data')
  const initdb = [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--no-sync',
    '--no-instructions',
  ]
  await promisify(execFile)(
    join(binaries, 'initdb'),
    [...initdb, '--encoding', 'UTF8', '--locale', 'C'],
    serverUser,
  )
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(data, name), text, { mode: 0o600 })
    if (serverUser.uid !== undefined) chownSync(join(data, name), serverUser.uid, serverUser.uid)
  }
  const localhost = ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host all all ::1/128 trust']
  writeFileSync(join(data, 'pg_hba.conf'), [...hba, ...localhost, ''].join('\n'))
  const { port } = new URL(await closedPort())
  // Nothing here outlives a loss of power, so nothing need wait for a disk.
  const all = {
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
    max_connections: '100',
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`)
  appendFileSync(join(data, 'postgresql.conf'), lines.join(''))
  const args = [
    '-D',
    data,
    '-p',
    port,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ]
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    child = await started(join(binaries ?? '', 'postgres'), args)
  }

  async function stop(mode: 'immediate' | 'fast'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(mode === 'immediate' ? 'SIGQUIT' : 'SIGINT')
    await ended
  }

  await start()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  return {
    ...{ url, folder, stop, start },
    createDatabase: (name = randomName()) => createDatabase(url, name),
    async [Symbol.asyncDispose]() {
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts the server, and waits until it says that it is ready. Rejects with what it said if it ends instead. */
async function started(program: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, {
    ...serverUser,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4_000)
      if (said.includes('database system is ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`PostgreSQL has ended.\n${said}`)))
  })
  return child
}

async function createDatabase(url: string, name: string): Promise<string> {
  await query(url, `create database "${name}"`)
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

function randomName(): string {
  return `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`
}
