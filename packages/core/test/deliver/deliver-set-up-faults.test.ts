import { setImmediate as nextTurn } from 'node:timers/promises'
import { fault, memoryState, type Sink, type Source } from '@asana-audit/core'
import { newDestinationHealth } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import {
  type Behaviour,
  destination,
  events,
  gids,
  quarantine,
  run,
  sourceOf,
  type TestEvent,
} from '../support/scripted-delivery.ts'

describe('a wrong set-up', () => {
  const refuseAll: Behaviour = (records) => ({
    fault: 'rejected',
    code: 'bad_data',
    at: records.length === 1 ? 0 : 'none-taken',
  })

  test('pauses and fills no quarantine while nothing has been accepted yet', async () => {
    const sink = destination(refuseAll)
    await expect(run({ source: sourceOf(events(5)), sink, onFatal: 'reject' })).rejects.toMatchObject({
      code: 'set_up_refused',
    })
  })

  test('leads to no quarantined event: everything is sent again after the repair', async () => {
    let mended = false
    const sink = destination((records, attempt) => (mended ? undefined : refuseAll(records, attempt)))
    const { commits } = await run({
      source: sourceOf(events(5)),
      sink,
      onFact: (fact) => {
        if (fact.type === 'paused') mended = true
      },
    })
    expect(sink.accepted).toHaveLength(5)
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(5))))
    expect(quarantine(commits)).toEqual([])
  })

  test('is not reported as accepting nothing in a run that has delivered something', async () => {
    const stop = new AbortController()
    const messages: string[] = []
    const sink = destination((records, attempt) => (attempt === 1 ? undefined : refuseAll(records, attempt)))
    await run({
      source: sourceOf(events(60)),
      sink,
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type !== 'paused') return
        if (messages.push(fact.message) === 3) stop.abort()
      },
    })
    expect(sink.accepted).toHaveLength(10)
    expect(messages).toHaveLength(3)
    for (const message of messages)
      expect(message).toMatch(/^The destination refused \d+ records? in a row, so its set-up/)
  })

  /** The runs of one pipeline, each over the events that came before it. */
  async function runsOf(...lists: TestEvent[][]): Promise<(poison: Set<string>) => Promise<string[]>> {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    return async (poison) => {
      const refuse: Behaviour = (records) =>
        records.some((one) => poison.has(one)) ? refuseAll(records, 1) : undefined
      const outcomes: string[] = []
      for (const [index] of lists.entries()) {
        const source = sourceOf(lists.slice(0, index + 1).flat())
        const ran = run({ source, sink: destination(refuse), lane, onFatal: 'reject' })
        outcomes.push(
          await ran.then(
            ({ commits }) => quarantine(commits).join() || 'delivered',
            ({ code }: { code: string }) => code,
          ),
        )
      }
      return outcomes
    }
  }

  test('is not suspected after one bad event at a start if the destination accepted others in earlier runs', async () => {
    const outcomes = await runsOf(events(10), events(1, 11), events(1, 12))
    expect(await outcomes(new Set(['11']))).toEqual(['delivered', '11 rejected bad_data', 'delivered'])
  })

  test('that now refuses everything costs two quarantined events, however often the process starts', async () => {
    const days = [events(10), events(1, 11), events(1, 12), events(1, 13), events(1, 14)]
    const outcomes = await runsOf(...days)
    const poison = new Set(gids(events(100, 11)))
    const aside = ['11 rejected bad_data', '12 rejected bad_data']
    expect(await outcomes(poison)).toEqual(['delivered', ...aside, 'set_up_refused', 'set_up_refused'])
    const backlog = await runsOf(events(10), events(10, 11))
    expect(await backlog(poison)).toEqual(['delivered', 'set_up_refused'])
  })

  test('that now refuses everything costs two quarantined events, also if events come one by one in a run', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    await run({ source: sourceOf(events(10)), sink: destination(), lane })
    await run({ source: sourceOf(events(11)), sink: destination(refuseAll), lane, onFatal: 'reject' })
    const ran = run({
      source: sourceOf(events(20), 1),
      sink: destination(refuseAll),
      lane,
      onFatal: 'reject',
    })
    await expect(ran).rejects.toMatchObject({ code: 'set_up_refused' })
    expect(await lane.load()).toBe('12')
  })

  test('is judged from zero again after an acceptance', async () => {
    const days = [events(10), events(2, 11), events(1, 13), events(2, 14)]
    const outcomes = await runsOf(...days)
    const poison = new Set(['11', '12', '14', '15'])
    const aside = (...ids: number[]): string => ids.map((id) => `${id} rejected bad_data`).join()
    expect(await outcomes(poison)).toEqual(['delivered', aside(11, 12), 'delivered', aside(14, 15)])
  })

  test('that breaks while few events come costs nineteen quarantined events, however often it is tried', async () => {
    const sink = destination((records, attempt) => (attempt > 5 ? refuseAll(records, attempt) : undefined))
    const stop = new AbortController()
    let pauses = 0
    const { commits } = await run({
      source: sourceOf(events(100), 1),
      sink,
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type === 'paused' && ++pauses === 5) stop.abort()
      },
    })
    expect(quarantine(commits)).toHaveLength(19)
  })

  test('is no longer suspected after a later event is accepted, and then the bad event is quarantined', async () => {
    const good = Promise.withResolvers<void>()
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), malformed: [], cursor: '1' }
        await good.promise
        yield { events: events(1, 2), malformed: [], cursor: '2' }
      },
    }
    const sink = destination((records) => (records.includes('1') ? refuseAll(records, 1) : undefined))
    const { commits } = await run({
      source,
      sink: { ...sink, prefers: { records: 1, inFlight: 8 } },
      onFact: (fact) => {
        if (fact.type === 'paused') good.resolve()
      },
    })
    expect(sink.accepted).toEqual(['2'])
    expect(commits.at(-1)?.cursor).toBe('2')
    expect(quarantine(commits)).toEqual(['1 rejected bad_data'])
  })

  test('is suspected after twenty refusals in a row, even if something was accepted before', async () => {
    let pauses = 0
    const sink = destination((records, attempt) =>
      attempt > 1 && pauses === 0 ? refuseAll(records, attempt) : undefined,
    )
    const { commits } = await run({
      source: sourceOf(events(100), 50),
      sink,
      onFact: (fact) => {
        if (fact.type === 'paused') pauses += 1
      },
    })
    expect(pauses).toBe(1)
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(100))))
    expect(quarantine(commits)).toEqual([])
  })

  test('makes one pause of a lane, told once, if several of its writes are under way, and then all is sent again', async () => {
    const clock = autoClock()
    const pauseMs = 300_000
    const pausedAt: number[] = []
    const sink = destination((records, attempt) =>
      attempt > 1 && pausedAt.length < 3 ? refuseAll(records, attempt) : undefined,
    )
    const { commits } = await run({
      source: sourceOf(events(100), 25),
      sink: { ...sink, prefers: { records: 1, inFlight: 2 } },
      clock,
      pauseMs,
      onFact: (fact) => {
        if (fact.type === 'paused') pausedAt.push(clock.now())
      },
    })
    // The next pause begins only after the end of the one before.
    const [first = 0, second = 0, third = 0] = pausedAt
    expect([pausedAt.length, second - first >= pauseMs, third - second >= pauseMs]).toEqual([3, true, true])
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(100))))
    expect(quarantine(commits)).toEqual([])
  })

  test('is suspected by the refusals of all lanes together', async () => {
    const health = newDestinationHealth<string>()
    health.accept()
    health.rejectedInRow = 19
    const ran = run({ source: sourceOf(events(1)), sink: destination(refuseAll), health, onFatal: 'reject' })
    await expect(ran).rejects.toMatchObject({ code: 'set_up_refused' })
  })

  test('is not suspected after twenty uncertain records if nothing is left to send', async () => {
    const sink = destination((_, attempt) =>
      attempt > 1 ? { fault: 'rejected', code: 'partial', at: 'some-taken' } : undefined,
    )
    const { commits } = await run({ source: sourceOf(events(21), 1), sink, onFatal: 'reject' })
    expect(quarantine(commits)).toEqual(gids(events(20, 2)).map((gid) => `${gid} uncertain partial`))
  })

  test.each([
    ['taken', undefined, []],
    ['answered with a temporary fault', { fault: 'temporary', code: 'busy', isolateAfter: 1 }, []],
    [
      'perhaps taken',
      { fault: 'rejected', code: 'partial', at: 'some-taken' },
      [...gids(events(19, 2)).map((gid) => `${gid} rejected bad`), '21 uncertain partial'],
    ],
  ] as const)(
    'sends one record again after all were refused, and handles it once if it is %s',
    async (_, answer, aside) => {
      let isMended = false
      let isAsked = false
      const sink = destination((records) => {
        if (records.join() === '31') isMended = true
        if (isMended && records.join() === '21' && !isAsked) {
          isAsked = true
          return answer
        }
        return isMended || records.includes('1') ? undefined : { fault: 'rejected', code: 'bad', at: 0 }
      })
      const source: Source<TestEvent> = {
        async *read() {
          yield { events: events(1), malformed: [], cursor: '1' }
          yield { events: events(30, 2), malformed: [], cursor: '31' }
        },
      }
      const { commits } = await run({ source, sink, onFatal: 'reject' })
      expect(quarantine(commits).toSorted()).toEqual([...aside].toSorted())
      expect(sink.accepted).toHaveLength(31 - aside.length)
      expect(new Set(sink.accepted).size).toBe(31 - aside.length)
    },
  )

  test('is tested with a later write during the pause, also after polls without new events', async () => {
    const [bad, good] = events(2)
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: [bad!], malformed: [], cursor: '1' }
        for (let poll = 0; poll < 5; poll += 1) {
          await new Promise((resolve) => setImmediate(resolve))
          yield { events: [], malformed: [], cursor: `poll ${poll}` }
        }
        yield { events: [good!], malformed: [], cursor: '2' }
      },
    }
    const sink = destination((records, attempt) =>
      records.includes('1') ? refuseAll(records, attempt) : undefined,
    )
    const stop = new AbortController()
    const { commits } = await run({
      source,
      sink: { ...sink, prefers: { records: 1, inFlight: 8 } },
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type === 'paused' && sink.attempts > 50) stop.abort()
      },
    })
    expect(sink.accepted).toEqual(['2'])
    expect(quarantine(commits)).toEqual(['1 rejected bad_data'])
    expect(commits.at(-1)?.cursor).toBe('2')
  })
})

/**
 * Takes the first `taken` writes and refuses all that are sent after them. Each is answered after as many turns of the event loop as the
 * next of `turns` says; the last one that is taken, after `late`.
 */
function breaking(taken: number, late: number, turns: readonly number[]): Sink<string> {
  let writes = 0
  return {
    async write(records) {
      const number = writes
      writes += 1
      const wait = number === taken - 1 ? late : turns[number % turns.length]!
      for (let turn = 0; turn < wait; turn += 1) await nextTurn()
      if (number < taken) return
      const at = records.length === 1 ? 0 : 'none-taken'
      throw fault({ fault: 'rejected', code: 'bad_data', message: 'There is no such index.', at })
    },
  }
}

test('a set-up that breaks while several writes are under way costs nineteen quarantined events at most, also if one is taken late', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 5, max: 150 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }),
      async (taken, late, size, turns) => {
        const stop = new AbortController()
        let pauses = 0
        const { commits } = await run({
          source: sourceOf(events(size * 20), size),
          sink: { ...breaking(taken, late, turns), prefers: { records: size, inFlight: 8 } },
          signal: stop.signal,
          onFact: ({ type }) => {
            if (type === 'paused' && ++pauses === 3) stop.abort()
          },
        })
        expect(quarantine(commits).length).toBeLessThanOrEqual(19)
      },
    ),
    { numRuns: 300 },
  )
})
