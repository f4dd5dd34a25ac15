import { afterAll, beforeAll, test } from 'vitest'
import { postgresBinaries } from './binaries.ts'
import {
  hasPostgres,
  type OwnPostgres,
  type PostgresSettings,
  startOwnPostgres,
  startPostgres,
  type TestPostgres,
} from './start-postgres.ts'

const isRequired = process.env['REQUIRE_POSTGRES'] === '1'
const hasOwn = postgresBinaries() !== undefined

/**
 * A test with PostgreSQL; skipped, and said to be, where there is none: neither the binaries of npm for this machine, nor Debian's, nor a
 * `DATABASE_URL`. With `REQUIRE_POSTGRES=1` it runs and fails instead.
 */
export const testWithPostgres: typeof test = runIf(hasPostgres, 'PostgreSQL')

/** A test that stops and starts its own server, which a `DATABASE_URL` does not replace. */
export const testWithOwnPostgres: typeof test = runIf(hasOwn, 'a PostgreSQL of their own')

/** One server for all tests of a file. */
export function postgresOfFile(): () => TestPostgres {
  let started: TestPostgres | undefined
  beforeAll(async () => {
    if (hasPostgres || isRequired) started = await startPostgres()
  })
  afterAll(() => started?.[Symbol.asyncDispose]())
  return () => {
    if (!started) throw new Error('PostgreSQL is asked for before the tests begin.')
    return started
  }
}

/** The same with a server that tests may stop. `settings` and `prepare` are called before the first test. */
export function ownPostgresOfFile(
  settings: () => PostgresSettings | Promise<PostgresSettings> = () => ({}),
  prepare: (server: OwnPostgres) => Promise<void> = async () => {},
): () => OwnPostgres {
  let started: OwnPostgres | undefined
  beforeAll(async () => {
    if (!hasOwn && !isRequired) return
    started = await startOwnPostgres(await settings())
    await prepare(started)
  })
  afterAll(() => started?.[Symbol.asyncDispose]())
  return () => {
    if (!started) throw new Error('PostgreSQL is asked for before the tests begin.')
    return started
  }
}

function runIf(has: boolean, what: string): typeof test {
  const runs = has || isRequired
  if (!runs)
    process.stdout.write(`Skipping tests that need ${what}: install postgresql, or set DATABASE_URL.\n`)
  return test.runIf(runs) as typeof test
}
