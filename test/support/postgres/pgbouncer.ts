import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../commands/run-command.ts'
import { closedPort } from '../servers/listen.ts'
import { serverUser } from './binaries.ts'
import { testWithPostgres } from './suite.ts'

const isHere = spawnSync('pgbouncer', ['--version']).status === 0
const isRequired = process.env['REQUIRE_PGBOUNCER'] !== undefined
if (!isHere && !isRequired) process.stdout.write('Skipping tests that need PgBouncer: install pgbouncer.\n')

/** A test with PostgreSQL and PgBouncer; skipped, and said to be, where one is missing. With `REQUIRE_PGBOUNCER` set it fails instead. */
export const testWithPgbouncer: typeof test =
  isHere || isRequired ? testWithPostgres : (test.skip as unknown as typeof test)

/** Starts a PgBouncer before a database, for one test, and gives its address. `servers`: most connections to the database. */
export async function startPgbouncer(
  target: string,
  mode: 'session' | 'transaction',
  { servers = 20 }: { readonly servers?: number } = {},
): Promise<string> {
  const folder = temporaryFolder()
  // It runs as another user.
  chmodSync(folder, 0o755)
  const { hostname, port, pathname } = new URL(target)
  const listening = new URL(await closedPort())
  const config = [
    '[databases]',
    `${pathname.slice(1)} = host=${hostname} port=${port} user=postgres`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${listening.port}`,
    'auth_type = any',
    'unix_socket_dir =',
    `pool_mode = ${mode}`,
    `default_pool_size = ${servers}`,
    '',
  ]
  writeFileSync(join(folder, 'pgbouncer.ini'), config.join('\n'))
  const child = spawn('pgbouncer', ['-v', join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...serverUser,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes('listening on 127.0.0.1')) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`PgBouncer has ended.\n${said}`)))
  })
  return `postgres://postgres@127.0.0.1:${listening.port}${pathname}`
}
