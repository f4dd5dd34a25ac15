import type { RequestBudget } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { sharedBudgets } from '../../src/budget/shared-budgets.ts'
import { takeRequests } from '../../src/budget/take-requests.ts'
import { fleetDatabases } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

const connectionOf = (pool: Pool) => ({
  executeSql: (text: string, values?: unknown[]) => pool.query(text, values),
})

test('of two workers with one token, together never more than the budget gets a request', async () => {
  const connection = connectionOf(await fleetDatabase())
  // One a minute, so that none becomes due while the test runs.
  const ask = (requests: number) => takeRequests(connection, 1, [{ tokenRef: 'env:A', requests, holdMs: 0 }])
  expect((await ask(1)).get('env:A')).toBeUndefined()
  let granted = 0
  for (let worker = 0; worker < 4; worker += 1) granted += (await ask(3)).get('env:A')?.granted ?? 0
  // The one that is due, and one in advance.
  expect(granted).toBe(2)
  expect((await ask(1)).get('env:A')).toMatchObject({ granted: 0 })
})

test('a token that is used up does not concern another one', async () => {
  const connection = connectionOf(await fleetDatabase())
  const ask = (...tokens: string[]) =>
    takeRequests(
      connection,
      1,
      tokens.map((tokenRef) => ({ tokenRef, requests: 2, holdMs: 0 })),
    )
  await ask('env:A', 'env:B')
  await ask('env:A')
  const grants = await ask('env:A', 'env:B')
  expect(grants.get('env:A')).toMatchObject({ granted: 0 })
  expect(grants.get('env:B')).toMatchObject({ granted: 2 })
})

test('the Retry-After that one worker was told holds the requests of all', async () => {
  const pool = await fleetDatabase()
  const workers = [0, 1].map(() => sharedBudgets({ connection: connectionOf(pool), perMinute: 60_000 }))
  const [one, other] = workers.map((of): RequestBudget => of('env:A')) as [RequestBudget, RequestBudget]
  const done = await one.take()
  one.hold(60_000)
  done()
  await expect(one.take()).rejects.toMatchObject({ fault: 'temporary', code: 'budget_used_up' })
  const refused = await other.take().catch((error: unknown) => error)
  expect(refused).toMatchObject({ fault: 'temporary', code: 'budget_used_up' })
  expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000)
  const another = await workers[1]?.('env:B').take()
  another?.()
})

test('no more requests at once than one worker may have', async () => {
  const connection = connectionOf(await fleetDatabase())
  const budget = sharedBudgets({ connection, perMinute: 60_000_000 })('env:A')
  let running = 0
  let most = 0
  const ends: (() => void)[] = []
  const all = Array.from({ length: 40 }, async () => {
    const done = await budget.take()
    running += 1
    most = Math.max(most, running)
    ends.push(() => {
      running -= 1
      done()
    })
  })
  let taken = 0
  while (taken < 40) {
    await expect.poll(() => ends.length).toBeGreaterThan(0)
    taken += ends.length
    for (const end of ends.splice(0)) end()
  }
  await Promise.all(all)
  expect(most).toBeLessThanOrEqual(16)
})

test('the first request of a quiet poll is not counted, the next one is, and a hold counts at once', async () => {
  const pool = await fleetDatabase()
  const budgets = sharedBudgets({ connection: connectionOf(pool), perMinute: 60_000 })
  const counted = async () => (await pool.query('select * from asana_audit.budget')).rowCount
  const later = Date.now() + 3_600_000
  const poll = budgets('env:A', later)
  ;(await poll.take())()
  expect(await counted()).toBe(0)
  ;(await poll.take())()
  expect(await counted()).toBe(1)
  poll.hold(60_000)
  await expect(budgets('env:A', later).take()).rejects.toMatchObject({ code: 'budget_used_up' })
  ;(await budgets('env:B', Date.now() - 1).take())()
  expect(await counted()).toBe(2)
})

test('a clock of the worker that is set back by an hour makes a hold no longer', async () => {
  const pool = await fleetDatabase()
  let now = Date.now()
  const clock = { ...systemClock, now: () => now }
  const budgets = sharedBudgets({ connection: connectionOf(pool), perMinute: 60_000, clock })
  const budget = budgets('env:A')
  const done = await budget.take()
  budget.hold(1)
  now -= 3_600_000
  await expect(budget.take()).rejects.toMatchObject({ code: 'budget_used_up', retryAfterMs: 5_000 })
  now += 1_000
  ;(await budget.take())()
  done()
})

test('a clock of the database that is set back by an hour holds a token for ten minutes at most', async () => {
  const pool = await fleetDatabase()
  const ask = () => takeRequests(connectionOf(pool), 60, [{ tokenRef: 'env:A', requests: 1, holdMs: 0 }])
  await ask()
  await pool.query(
    `update asana_audit.budget set due = now() + interval '1 hour', held_until = now() + interval '1 hour'`,
  )
  const grant = (await ask()).get('env:A')
  expect(grant).toMatchObject({ granted: 0 })
  expect(grant?.againInMs).toBeLessThanOrEqual(600_000)
  // Ten minutes later by that clock.
  await pool.query(
    `update asana_audit.budget set due = due - interval '10 minutes', held_until = held_until - interval '10 minutes'`,
  )
  expect((await ask()).get('env:A')).toMatchObject({ granted: 1 })
})
