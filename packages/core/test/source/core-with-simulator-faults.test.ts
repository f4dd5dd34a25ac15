import { type Fact, fault, memoryState, requestBudget } from '@asana-audit/core'
import { defaultFaultKinds, type FaultKind } from '@asana-audit/simulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivals, gidsOf, run, simulated } from '../support/simulated-world.ts'

describe('under faults', () => {
  const kinds: readonly FaultKind[] = [...defaultFaultKinds, 'expired-offset']
  const histories = [0.05, 0.1].flatMap((rate) => [1, 2, 3, 4].map((seed) => ({ rate, seed })))

  test.each(histories)(
    'a share of $rate with seed $seed loses and repeats nothing',
    async ({ rate, seed }) => {
      await using world = await simulated({ events: 3_000, seed, days: 2, faults: { rate, seed, kinds } })
      const sink = arrivals((write) => {
        if (write % 10 === 0) throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.' })
      })
      await run(world, { sink, source: { limit: 20 } })
      expect(Object.values(world.stats.byFault).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      expect(sink.gids).toEqual(gidsOf(world.events))
    },
  )

  test('half of all events at the time of the one before: none is lost at the edge of a page or of a re-read', async () => {
    await using world = await simulated({ events: 1_000, days: 1, equalTimes: 0.9 })
    const sink = arrivals((write) => {
      if (write % 5 === 0) world.expireOffsets()
    })
    const { repeats } = await run(world, { sink, source: { limit: 13 } })
    expect(repeats).toBeGreaterThan(0)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('whatever page size, faults, expiry, stops and refusals come together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000 }),
          rate: fc.double({ min: 0, max: 0.5, noNaN: true }),
          limit: fc.integer({ min: 1, max: 60 }),
          equalTimes: fc.constantFrom(0, 0.3, 0.95),
          expireAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
          stopAt: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
        }),
        async ({ seed, rate, limit, equalTimes, expireAt, stopAt }) => {
          const faults = { rate, seed, kinds }
          await using world = await simulated({ events: 150, seed, days: 0.2, equalTimes, faults })
          const state = memoryState()
          let stop = new AbortController()
          let commits = 0
          const sink = arrivals((write) => {
            if (expireAt.includes(write)) world.expireOffsets()
            if (write % 7 === 3) throw fault({ fault: 'temporary', code: 'busy', message: 'Busy.' })
          })
          const onFact = (fact: Fact): void => {
            if (fact.type !== 'committed') return
            commits += 1
            if (stopAt.includes(commits)) stop.abort()
          }
          do {
            stop = new AbortController()
            await run(world, { sink, state, onFact, source: { limit }, deliver: { signal: stop.signal } })
          } while (stop.signal.aborted)
          expect(sink.gids).toEqual(gidsOf(world.events))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe("within Asana's limits", () => {
  test('a quota too small for the job is waited for as asked, and everything arrives', async () => {
    await using world = await simulated({ events: 2_000, requestsPerMinute: 15 })
    const sink = arrivals()
    await run(world, { sink, source: { limit: 20 } })
    expect(world.stats.byStatus['429']).toBeGreaterThan(0)
    expect(sink.gids).toEqual(gidsOf(world.events))
  })

  test('readers that share a budget never go over the limits of the token', async () => {
    await using world = await simulated({
      events: 1_000,
      requestsPerMinute: 300,
      maxInFlight: 3,
      latencyMs: 1,
    })
    const budget = requestBudget({ perMinute: 240, inFlight: 3, clock: world.clock })
    const sinks = Array.from({ length: 8 }, () => arrivals())
    await Promise.all(sinks.map((sink) => run(world, { sink, source: { limit: 25, budget } })))
    expect(world.stats.requests).toBeGreaterThan(320)
    expect(world.stats.byStatus['429']).toBeUndefined()
    expect(world.stats.peakInFlight).toBe(3)
    for (const { gids } of sinks) expect(gids).toEqual(gidsOf(world.events))
  })

  test('readers without one still lose nothing', async () => {
    await using world = await simulated({ events: 500, maxInFlight: 2, latencyMs: 1 })
    const sinks = Array.from({ length: 6 }, () => arrivals())
    await Promise.all(sinks.map((sink) => run(world, { sink, source: { limit: 25 } })))
    expect(world.stats.byStatus['429']).toBeGreaterThan(0)
    for (const { gids } of sinks) expect(gids).toEqual(gidsOf(world.events))
  })
})
