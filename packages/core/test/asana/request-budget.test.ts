import { asanaSource, type Fact, fault, type RequestBudget, requestBudget } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { page, scriptedAsana } from '../support/scripted-asana.ts'

test('allows a short burst, then the given number of requests a minute', async () => {
  const clock = autoClock()
  const budget = requestBudget({ perMinute: 600, clock })
  const started: number[] = []
  const begin = clock.now()
  for (let request = 0; request < 700; request += 1) {
    const done = await budget.take()
    started.push(clock.now() - begin)
    done()
  }
  expect(started.filter((ms) => ms < 60_000).length).toBeLessThanOrEqual(600 + 10)
  expect(started.filter((ms) => ms < 60_000).length).toBeGreaterThanOrEqual(600)
})

test('never allows more concurrent requests than its limit', async () => {
  const budget = requestBudget({ perMinute: 1_000_000, inFlight: 3, clock: autoClock() })
  let running = 0
  let most = 0
  const one = async (): Promise<void> => {
    const done = await budget.take()
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    done()
  }
  await Promise.all(Array.from({ length: 50 }, one))
  expect(most).toBe(3)
})

test('the Retry-After of one request stops all', async () => {
  const clock = autoClock()
  const budget = requestBudget({ clock })
  const begin = clock.now()
  budget.hold(30_000)
  await Promise.all([budget.take(), budget.take()])
  expect(clock.now() - begin).toBeGreaterThanOrEqual(30_000)
})

test('a Retry-After of years stops requests for ten minutes at most', async () => {
  const clock = autoClock()
  const budget = requestBudget({ clock })
  budget.hold(1_000_000_000_000)
  await budget.take()
  expect(clock.waits).toEqual([600_000])
})

test('a clock that is set back by an hour stops no request for an hour', async () => {
  const clock = autoClock()
  let backMs = 0
  const budget = requestBudget({ perMinute: 60, clock: { ...clock, now: () => clock.now() - backMs } })
  for (let request = 0; request < 3; request += 1) {
    const done = await budget.take()
    done()
  }
  backMs = 3_600_000
  const done = await budget.take()
  done()
  expect(Math.max(...clock.waits)).toBeLessThanOrEqual(1_000)
  expect(budget.waitedMs).toBeGreaterThanOrEqual(0)
})

test('a request that is aborted while it waits gives its place to the others', async () => {
  const budget = requestBudget({ inFlight: 1, clock: autoClock() })
  const done = await budget.take()
  const stop = new AbortController()
  const stopped = budget.take(stop.signal)
  const next = budget.take()
  stop.abort(new Error('stop'))
  await expect(stopped).rejects.toThrow('stop')
  done()
  expect(typeof (await next)).toBe('function')
})

test('a budget of the caller may refuse a request for now: the source waits, and asks it again', async () => {
  await using asana = await scriptedAsana(page([], 'a'))
  let asked = 0
  const budget: RequestBudget = {
    async take() {
      asked += 1
      if (asked === 1)
        throw fault({ fault: 'temporary', code: 'budget', message: 'Not now.', retryAfterMs: 7_000 })
      return () => {}
    },
    hold() {},
  }
  const facts: Fact[] = []
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(), once: true, budget },
    onFact: (fact) => facts.push(fact),
  })
  await Array.fromAsync(source.read())
  expect(facts.filter(({ type }) => type === 'retrying')).toMatchObject([{ code: 'budget', waitMs: 7_350 }])
  expect(asana.requests).toHaveLength(1)
})
