import { setImmediate } from 'node:timers/promises'
import { type FaultShape, memoryState, type Sink, type Source } from '@asana-audit/core'
import { newDestinationHealth } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import {
  type Behaviour,
  destination,
  event,
  events,
  gids,
  quarantine,
  run,
  sourceOf,
  standingClock,
  type TestEvent,
} from '../support/scripted-delivery.ts'

/** How a store says that it refuses something of a write. */
const refusals = {
  'the whole write': (): FaultShape => ({ fault: 'rejected', code: 'bad_data', at: 'none-taken' }),
  'the record, by its place': (index: number): FaultShape => ({
    fault: 'rejected',
    code: 'invalid',
    at: index,
  }),
}
const refuseWhole = refusals['the whole write']

/** Takes no event up to number `limit`. */
function younger(limit: () => number, refuse = refuseWhole as (index: number) => FaultShape): Behaviour {
  return (records) => {
    const index = records.findIndex((gid) => Number(gid) <= limit())
    return index < 0 ? undefined : refuse(index)
  }
}

/** Gives `all`, and knows that its last one is the newest. */
function sourceWithNewest(all: TestEvent[], size: number): Source<TestEvent> {
  return {
    ...sourceOf(all, size),
    async newerThan(at) {
      return all.findLast((one) => Date.parse(one.created_at) > at)
    },
  }
}

const tooOld = (from: number, to: number): string[] =>
  gids(events(to - from + 1, from)).map((gid) => `${gid} rejected too_old`)

describe('a destination that refuses events older than a limit', () => {
  test.each(Object.entries(refusals))(
    'that refuses %s: events that are too old are quarantined, the others arrive',
    async (_, refuse) => {
      for (const limit of [3, 99, 100, 101, 550, 999]) {
        const sink = destination(younger(() => limit, refuse))
        const { commits, facts } = await run({
          source: sourceWithNewest(events(1_000), 100),
          sink,
          onFatal: 'reject',
        })
        expect(quarantine(commits).toSorted()).toEqual(tooOld(1, limit).toSorted())
        expect(new Set(sink.accepted)).toEqual(new Set(gids(events(1_000 - limit, limit + 1))))
        const told = facts.filter((fact) => fact.type === 'too_old')
        expect(told.reduce((sum, { events: count }) => sum + count, 0)).toBe(limit)
        expect(facts.filter(({ type }) => type === 'paused')).toEqual([])
      }
    },
  )

  test('needs a few requests for a write, however many records are too old', async () => {
    const sink = destination(younger(() => 9_500))
    const { commits } = await run({ source: sourceWithNewest(events(10_000), 500), sink, onFatal: 'reject' })
    expect(quarantine(commits)).toHaveLength(9_500)
    expect(sink.attempts).toBeLessThan(300)
  })

  test('is tested with the newest event before its turn, which is sent again in its turn', async () => {
    const sink = destination(younger(() => 50))
    const { commits, facts } = await run({
      source: sourceWithNewest(events(60), 10),
      sink,
      onFatal: 'reject',
    })
    expect(quarantine(commits)).toEqual(tooOld(1, 50))
    expect(facts.find(({ type }) => type === 'probed')).toEqual({ type: 'probed', id: '60', isTaken: true })
    expect(sink.accepted.filter((gid) => gid === '60')).toHaveLength(2)
  })

  test('may have a limit that moves during the delivery', async () => {
    const clock = autoClock()
    const began = clock.now()
    const day = 86_400_000
    const at = (n: number): string => new Date(began - 10 * day + n * 60_000).toISOString()
    const all = Array.from({ length: 10 * 24 * 60 }, (_, n) => ({ gid: String(n), created_at: at(n) }))
    const oldest = (): number => (clock.now() - began + 3 * day) / 60_000
    const sink = destination((records, attempt) => {
      // The border passes while it is down for a day.
      if (attempt === 60 && clock.now() < began + day)
        return { fault: 'temporary', code: 'busy', retryAfterMs: day }
      return records.some((gid) => Number(gid) < oldest()) ? refuseWhole() : undefined
    })
    const { commits } = await run({ source: sourceWithNewest(all, 500), sink, clock, onFatal: 'reject' })
    const aside = quarantine(commits)
    expect(aside.filter((entry) => !entry.endsWith(' rejected too_old'))).toEqual([])
    expect(aside.length + new Set(sink.accepted).size).toBe(all.length)
    expect(sink.attempts).toBeLessThan(250)
  })

  test('may refuse other records too, which are quarantined with their own code', async () => {
    const sink = destination((records) => {
      const isBad = records.some((gid) => Number(gid) <= 40 || gid === '41' || gid === '77')
      return isBad ? refuseWhole() : undefined
    })
    const { commits } = await run({ source: sourceWithNewest(events(100), 100), sink, onFatal: 'reject' })
    expect(quarantine(commits)).toEqual([...tooOld(1, 41), '77 rejected bad_data'])
  })

  test('is not assumed after two bad records at the beginning', async () => {
    const sink = destination(younger(() => 2))
    const { commits } = await run({ source: sourceWithNewest(events(100), 10), sink, onFatal: 'reject' })
    expect(quarantine(commits)).toEqual(['1 rejected bad_data', '2 rejected bad_data'])
  })

  test('is not assumed after bad records in a row if older ones were accepted', async () => {
    const sink = destination((records) =>
      records.some((gid) => Number(gid) > 30 && Number(gid) <= 70) ? refuseWhole() : undefined,
    )
    const { commits } = await run({ source: sourceWithNewest(events(100), 10), sink, onFatal: 'reject' })
    expect(quarantine(commits).toSorted()).toEqual(
      gids(events(40, 31))
        .map((gid) => `${gid} rejected bad_data`)
        .toSorted(),
    )
    expect(new Set(sink.accepted).size).toBe(60)
  })

  test('is found again by the next run, which loses nothing', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const sink = destination(younger(() => 80))
    const all = events(100)
    const outcomes: string[] = []
    for (let upTo = 10; upTo <= 100; upTo += 10) {
      // The newest is known from the first life on; each has ten more to deliver.
      const source = { ...sourceWithNewest(all, 10), ...sourceOf(all.slice(0, upTo)) }
      const { commits } = await run({ source, sink, lane, onFatal: 'reject' })
      outcomes.push(...quarantine(commits))
    }
    expect(outcomes).toEqual(tooOld(1, 80))
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(20, 81))))
  })

  test('that refuses everything pauses the delivery after a test with the newest event; nothing is quarantined', async () => {
    const sink = destination(refuseWhole)
    const ran = run({ source: sourceWithNewest(events(100), 10), sink, onFatal: 'reject' })
    await expect(ran).rejects.toMatchObject({ code: 'set_up_refused' })
    expect(sink.attempts).toBeLessThan(15)
  })

  test('whose set-up breaks while it refuses a backlog pauses after a few writes', async () => {
    const sink = destination((records, attempt) =>
      attempt > 50 ? refuseWhole() : younger(() => 5_000)(records, attempt),
    )
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const ran = run({ source: sourceWithNewest(events(6_000), 10), sink, lane, onFatal: 'reject' })
    await expect(ran).rejects.toMatchObject({ code: 'set_up_refused' })
    // 20 writes on the word of one acceptance.
    expect(Number(await lane.load())).toBeLessThanOrEqual(500)
  })
})

describe('two lanes of one destination', () => {
  test('deliver separately: a refused one continues as soon as the other was accepted', async () => {
    const health = newDestinationHealth<string>()
    const claim = await memoryState().claim('test')
    const refused = Promise.withResolvers<void>()
    const sink = destination(younger(() => 100))
    const stop = new AbortController()
    const live: Source<TestEvent> = {
      async *read() {
        await refused.promise
        yield { events: [event(200)], malformed: [], cursor: 'new' }
      },
    }
    const backlog = run({
      ...{ source: sourceOf(events(100), 50), sink, health, clock: standingClock() },
      lane: await claim.lane('backlog', ''),
      signal: stop.signal,
      onFact: (fact) => fact.type === 'paused' && refused.resolve(),
    })
    // In its clock no pause ever ends.
    await run({ source: live, sink, health, lane: await claim.lane('live', ''), clock: standingClock() })
    expect(sink.accepted).toEqual(['200'])
    expect(quarantine((await backlog).commits)).toEqual(tooOld(1, 100))
  })

  test('are tried separately, even after twenty refusals in one', async () => {
    const health = newDestinationHealth<string>()
    const claim = await memoryState().claim('test')
    health.rejectedInRow = 20
    const sink = destination()
    await run({
      source: sourceOf(events(3)),
      sink,
      health,
      lane: await claim.lane('live', ''),
      clock: standingClock(),
    })
    expect(sink.accepted).toEqual(['1', '2', '3'])
    expect(sink.attempts).toBe(1)
  })
})

test('for any limit and any bad records, every event is delivered or quarantined, and no young event counts as too old', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 120 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { maxLength: 2 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(...Object.values(refusals)),
      fc.constantFrom(1, 8),
      async (limit, bad, size, refuse, inFlight) => {
        const isBad = (gid: string): boolean => Number(gid) <= limit || bad.includes(Number(gid))
        let mended = false
        const sink = destination((records) => {
          const index = mended ? -1 : records.findIndex(isBad)
          return index < 0 ? undefined : refuse(index)
        })
        const { commits } = await run({
          source: sourceWithNewest(events(120), size),
          sink: { ...sink, prefers: { records: size, inFlight } },
          onFact: (fact) => {
            if (fact.type === 'paused') mended = true
          },
        })
        const aside = commits.flatMap(({ quarantined }) => quarantined)
        const safe = new Set([...sink.accepted, ...aside.map(({ id }) => id)])
        expect(safe).toEqual(new Set(gids(events(120))))
        expect(aside.filter(({ id }) => !isBad(id ?? ''))).toEqual([])
      },
    ),
    { numRuns: 1_000 },
  )
})

/** Answers after as many turns of the event loop as the next of `turns` says, so that several writes are under way. */
function slowly(sink: Sink<string>, turns: readonly number[]): Sink<string> {
  let writes = 0
  return {
    ...sink,
    async write(records, signal) {
      const wait = turns[writes % turns.length]!
      writes += 1
      for (let turn = 0; turn < wait; turn += 1) await setImmediate()
      return sink.write(records, signal)
    },
  }
}

test('several writes find the same limit, in whatever order they are answered: what is too old is never called bad', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 6, max: 20 }),
      fc.nat({ max: 2 }),
      fc.constantFrom(...Object.values(refusals)),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 60 }),
      async (writes, size, youngInLast, refuse, turns) => {
        // Two bad records before good ones look the same as two old ones, so the last write has more old ones than young ones.
        const limit = writes * size - youngInLast
        const sink = destination(younger(() => limit, refuse))
        const { commits } = await run({
          source: sourceWithNewest([...events(size, 9_000), ...events((writes + 1) * size)], size),
          sink: { ...slowly(sink, turns), prefers: { records: size, inFlight: 8 } },
          onFatal: 'reject',
        })
        expect(quarantine(commits).toSorted()).toEqual(tooOld(1, limit).toSorted())
      },
    ),
    { numRuns: 300 },
  )
})
