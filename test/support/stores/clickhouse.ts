import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished, test } from 'vitest'
import { clickHousePython } from '../../../scripts/clickhouse/location.ts'
import { testWith } from '../collector/suite.ts'
import { endChild } from '../commands/end-child.ts'
import { temporaryFolder } from '../commands/run-command.ts'

const server = join(import.meta.dirname, 'clickhouse_http.py')

/** A ClickHouse for one test, with tables in a folder of its own. */
export interface ClickHouse {
  /** Of its HTTP interface. */
  readonly origin: string
  /** The folder of the files that it may read. */
  readonly files: string
  /** The rows of a query. Rejects with ClickHouse's own words. */
  rows<Row>(sql: string): Promise<Row[]>
  /** Statements, each with a semicolon at the end of its last line, one after the other. */
  execute(sql: string): Promise<void>
  /** One `INSERT … FORMAT …`, then the rows from the next line on. */
  insert(statement: string): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** After a kill, over the same tables and on the same port. */
  start(): Promise<void>
}

/**
 * A test with ClickHouse, and with a collector that has these components; skipped, and said to be, where `pnpm setup:clickhouse` was not run.
 * With `REQUIRE_CLICKHOUSE=1` it runs and fails instead; without the components see `testWith`.
 */
export function testWithClickHouse(...components: readonly string[]): typeof test {
  const runs = clickHousePython(process.env) !== undefined || process.env['REQUIRE_CLICKHOUSE'] === '1'
  if (runs) return components.length > 0 ? testWith(...components) : test
  process.stdout.write('Skipping tests that need ClickHouse: `pnpm setup:clickhouse` installs its engine.\n')
  return test.skip as typeof test
}

/** Starts one that ends with the test. */
export async function startClickHouse(): Promise<ClickHouse> {
  const python = clickHousePython(process.env)
  if (!python) throw new Error('There is no ClickHouse: run `pnpm setup:clickhouse`, or set CHDB_PYTHON.')
  const folder = temporaryFolder()
  let child: ChildProcess | undefined
  let port = '0'

  async function start(): Promise<void> {
    const started = spawn(python!, [server, folder, port], {
      cwd: folder,
      // It shows times in its own zone.
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    let said = ''
    started.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
    const ended = once(started, 'close').then(() => {
      throw new Error(`ClickHouse has ended.\n${said}`)
    })
    const [line] = await Promise.race([once(createInterface(started.stdout), 'line'), ended])
    ended.catch(() => {})
    port = line as string
  }

  const kill = (): Promise<void> => endChild(child, 'SIGKILL')

  async function ask(sql: string, format: string): Promise<string> {
    const url = `http://127.0.0.1:${port}/?default_format=${format}`
    const answer = await fetch(url, { method: 'POST', body: sql })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return text
  }

  onTestFinished(kill)
  await start()
  return {
    origin: `http://127.0.0.1:${port}`,
    files: folder,
    async rows(sql) {
      const lines = (await ask(sql, 'JSONEachRow')).split('\n')
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
    },
    async execute(sql) {
      for (const statement of sql.split(/;\s*$/m)) if (statement.trim() !== '') await ask(statement, 'Null')
    },
    async insert(statement) {
      await ask(statement, 'Null')
    },
    kill,
    start,
  }
}
