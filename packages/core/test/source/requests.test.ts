import { type Fact, requestBudget } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { arrivals, run, simulated } from '../support/simulated-world.ts'

type Requested = Extract<Fact, { type: 'requested' }>

test('each request is reported once with its status, also one that is refused', async () => {
  const requested: Requested[] = []
  let asked = 0
  await using world = await simulated({
    events: 3,
    onRequest() {
      asked += 1
    },
    faults: ({ attempt }) => (attempt === 1 ? 503 : undefined),
  })
  const onFact = (fact: Fact): void => void (fact.type === 'requested' && requested.push(fact))
  await run(world, { sink: arrivals(), onFact, source: { settledWindowMs: 0 } })
  expect(requested).toHaveLength(asked)
  expect(new Set(requested.map(({ status }) => status))).toEqual(new Set([503, 200]))
})

test('a request without an answer has no status', async () => {
  const requested: Requested[] = []
  await using world = await simulated({
    events: 3,
    faults: ({ attempt }) => (attempt === 1 ? 'reset' : undefined),
  })
  const onFact = (fact: Fact): void => void (fact.type === 'requested' && requested.push(fact))
  await run(world, { sink: arrivals(), onFact, source: { settledWindowMs: 0 } })
  expect(requested[0]).toMatchObject({ status: undefined })
})

test('the wait for the request budget is not part of its duration', async () => {
  const requested: Requested[] = []
  await using world = await simulated({ events: 300 })
  const onFact = (fact: Fact): void => void (fact.type === 'requested' && requested.push(fact))
  const budget = requestBudget({ perMinute: 6, clock: world.clock })
  await run(world, { sink: arrivals(), onFact, source: { settledWindowMs: 0, limit: 100, budget } })
  const waited = requested.reduce((sum, { waitedMs }) => sum + waitedMs, 0)
  expect(waited).toBeGreaterThan(10_000)
  expect(waited).toBe(budget.waitedMs)
  expect(requested.every(({ ms }) => ms === 0)).toBe(true)
})
