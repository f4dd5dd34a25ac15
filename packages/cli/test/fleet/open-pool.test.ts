import { expect, onTestFinished } from 'vitest'
import { postgresOfFile, testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { openPool } from '../../src/fleet/open-pool.ts'

const postgres = postgresOfFile()

test('a worker has ten connections at most, however many turns ask at once', async () => {
  const { pool, close } = await openPool(await postgres().createDatabase())
  onTestFinished(close)
  await Promise.all(Array.from({ length: 40 }, () => pool.query('select 1')))
  expect(pool.totalCount).toBe(10)
})
