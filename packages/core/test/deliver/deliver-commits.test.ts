import {
  type Batch,
  type Commit,
  type FaultShape,
  fault,
  type Lane,
  memoryState,
  type Sink,
  type Source,
  toFault,
} from '@asana-audit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import {
  destination,
  event,
  events,
  gids,
  run,
  sourceOf,
  type TestEvent,
} from '../support/scripted-delivery.ts'
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts'

describe('the one rule', () => {
  test('a cursor is saved only after the sink accepted everything before it', async () => {
    const sink = destination()
    const order: string[] = []
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        order.push(`commit ${commit.cursor} after ${sink.accepted.length}`)
        await inner.commit(commit)
      },
    }
    await run({ source: sourceOf(events(25)), sink, lane })
    expect(order).toEqual(['commit 10 after 10', 'commit 20 after 20', 'commit 25 after 25'])
    expect(await inner.load()).toBe('25')
  })

  test('reading continues from the last commit', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    await lane.commit({ cursor: '20', delivered: [], quarantined: [] })
    const sink = destination()
    await run({ source: sourceOf(events(25)), sink, lane })
    expect(sink.accepted).toEqual(gids(events(5, 21)))
  })

  test('a commit that fails is tried again without sending the batch again', async () => {
    const sink = destination()
    let failures = 2
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        if (failures-- > 0) throw fault({ fault: 'temporary', code: 'state_busy', message: 'busy' })
        await inner.commit(commit)
      },
    }
    const { facts } = await run({ source: sourceOf(events(10)), sink, lane })
    expect(sink.attempts).toBe(1)
    expect(facts.filter(({ type }) => type === 'retrying')).toMatchObject([
      { part: 'state', code: 'state_busy' },
      { part: 'state' },
    ])
  })

  test('a commit that is tried again is the same object, by which a lane knows it again', async () => {
    const tried: Commit[] = []
    const inner = await (await memoryState().claim('test')).lane('live', '')
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        tried.push(commit)
        if (tried.length === 1) throw fault({ fault: 'temporary', code: 'state_busy', message: 'busy' })
        await inner.commit(commit)
      },
    }
    await run({ source: sourceOf(events(10)), sink: destination(), lane })
    expect(tried).toHaveLength(2)
    expect(tried[1]).toBe(tried[0])
  })

  test('after a write that failed finally, nothing later is committed, even if it was accepted', async () => {
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    let commits = 0
    let saved: string | undefined
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        commits += 1
        if (commits === 2) throw fault({ fault: 'fatal', code: 'disk_full', message: 'full' })
        await inner.commit(commit)
        saved = commit.cursor
      },
    }
    for (const inFlight of [1, 8]) {
      commits = 0
      const sink: Sink<string> = { ...destination(), prefers: { records: 1, inFlight } }
      const running = run({ source: sourceOf(events(90)), sink, lane, onFatal: 'reject' })
      await expect(running).rejects.toMatchObject({ code: 'disk_full' })
      expect(commits).toBe(2)
      expect(await inner.load()).toBe(saved)
    }
  })

  test('a source that fails is opened again at the last batch it gave', async () => {
    const all = events(30)
    const opened: (string | undefined)[] = []
    const source: Source<TestEvent> = {
      async *read(cursor, signal) {
        opened.push(cursor)
        for await (const batch of sourceOf(all).read(cursor, signal)) {
          if (opened.length < 3 && batch.cursor === '20') {
            throw fault({ fault: 'temporary', code: 'x', message: 'lost' })
          }
          yield batch
        }
      },
    }
    const sink = destination()
    await run({ source, sink })
    expect(opened).toEqual([undefined, '10', '10'])
    expect(sink.accepted).toEqual(gids(all))
  })
})

test('events that the destination already has are dropped in a re-read, and delivered again elsewhere', async () => {
  const batches: Batch<TestEvent>[] = [
    { events: events(3), malformed: [], cursor: 'a' },
    { events: events(2), malformed: [], cursor: 'b' },
    { events: events(5), malformed: [], cursor: 'c', reread: 'healing' },
  ]
  const source: Source<TestEvent> = {
    async *read() {
      yield* batches
    },
  }
  const sink = destination()
  const { result } = await run({ source, sink })
  expect(sink.accepted).toEqual(['1', '2', '3', '1', '2', '4', '5'])
  expect(result.repeats).toBe(3)
})

test('for any answers of a destination, every event is accepted or quarantined in order, and the cursor is at the end', async () => {
  const shape = fc.oneof(
    fc.record({ fault: fc.constant('temporary' as const), code: fc.constant('t'), accepted: fc.nat(12) }),
    fc.record({ fault: fc.constant('rejected' as const), code: fc.constant('i'), at: fc.nat(11) }),
    fc.record({
      fault: fc.constant('rejected' as const),
      code: fc.constant('n'),
      at: fc.constant('none-taken' as const),
      accepted: fc.nat(5),
      affected: fc.integer({ min: 1, max: 6 }),
    }),
    fc.record({
      fault: fc.constant('rejected' as const),
      code: fc.constant('s'),
      at: fc.constant('some-taken' as const),
      accepted: fc.nat(5),
      affected: fc.integer({ min: 1, max: 6 }),
    }),
    fc.constant({ fault: 'fatal' as const, code: 'f' }),
    fc.constant(undefined),
  )
  const property = fc.asyncProperty(
    fc.array(shape, { maxLength: 40 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 12 }),
    async (answers, count, size) => {
      const queue = [...answers]
      const sink = destination((records) => {
        const answer = queue.shift()
        // A sink may only speak of records it was given.
        const found = answer && toFault(fault({ ...answer, message: '' }), records.length)
        return found?.code === answer?.code ? answer : undefined
      })
      const { commits, result } = await run({ source: sourceOf(events(count), size), sink })
      const aside = commits.flatMap(({ quarantined }) => quarantined.map(({ id }) => id ?? ''))
      expect(new Set([...sink.accepted, ...aside])).toEqual(new Set(gids(events(count))))
      expect(result.delivered + result.quarantined).toBe(count)
      expect(commits.at(-1)?.cursor).toBe(String(count))
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

test('the request for known ids is made again if it fails for a while', async () => {
  const lane = await (await memoryState().claim('test')).lane('live', '')
  let failures = 2
  const forgetful: Lane = {
    ...lane,
    async known(ids) {
      if (failures-- > 0) throw fault({ fault: 'temporary', code: 'state_busy', message: 'busy' })
      return lane.known(ids)
    },
  }
  const source: Source<TestEvent> = {
    async *read() {
      yield { events: events(5), malformed: [], cursor: 'a' }
      yield { events: events(6), malformed: [], cursor: 'b', reread: 'late' }
    },
  }
  const { result, facts } = await run({ source, sink: destination(), lane: forgetful })
  expect(result).toMatchObject({ delivered: 6, repeats: 5 })
  expect(facts.filter(({ type }) => type === 'retrying')).toHaveLength(2)
})

describe('a cursor without a write', () => {
  const second = 1_000

  interface Idle {
    readonly clock: SteppedClock
    readonly commits: (Pick<Commit, 'cursor' | 'readBy'> & { readonly at: number; readonly events: number })[]
    readonly ended: Promise<unknown>
    stop(): void
  }

  /** A source that is asked every ten seconds, and what is committed of it. `given`: the batches that are not empty, by number. */
  async function idle(given: Readonly<Record<number, Partial<Batch<TestEvent>>>> = {}): Promise<Idle> {
    const clock = steppedClock()
    const stop = new AbortController()
    const start = clock.now()
    const commits: Idle['commits'] = []
    const inner = await (await memoryState().claim('test')).lane('live', '')
    const lane: Lane = {
      ...inner,
      async commit(commit) {
        const { cursor, readBy, delivered } = commit
        commits.push({ at: (clock.now() - start) / second, cursor, readBy, events: delivered.length })
        await inner.commit(commit)
      },
    }
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        for (let number = 0; !signal?.aborted; number += 1) {
          yield { events: [], malformed: [], cursor: String(number), ...given[number] }
          await clock.sleep(10 * second, signal).catch(() => {})
        }
      },
    }
    const ended = run({ source, sink: destination(), lane, clock, signal: stop.signal })
    return { clock, commits, ended, stop: () => stop.abort() }
  }

  test('is committed at the start, and then once a minute while nothing new comes', async () => {
    const { clock, commits, stop, ended } = await idle()
    await clock.pass(600 * second)
    stop()
    await ended
    expect(commits.slice(0, 4).map(({ at, cursor }) => `${at}: ${cursor}`)).toEqual([
      '0: 0',
      '60: 6',
      '120: 12',
      '180: 18',
    ])
    expect(commits.length).toBeLessThanOrEqual(11)
  })

  test('is committed with the name of the pipeline that requested its page', async () => {
    const { clock, commits, stop, ended } = await idle({
      ...{ 0: { readBy: 'a' }, 5: { readBy: 'b' }, 6: { readBy: 'c' }, 11: { readBy: 'a' } },
      ...{ 13: { events: events(2), readBy: 'd' } },
    })
    await clock.pass(135 * second)
    stop()
    await ended
    expect(commits.map(({ cursor, readBy }) => `${cursor}: ${readBy}`)).toEqual([
      '0: a',
      '6: c',
      '12: undefined',
      '13: d',
    ])
  })

  test('is committed at a stop', async () => {
    const { clock, commits, stop, ended } = await idle()
    await clock.pass(35 * second)
    expect(commits.at(-1)?.cursor).toBe('0')
    stop()
    await ended
    expect(commits.at(-1)?.cursor).toBe('3')
  })

  test('goes with the next write, which is committed at once', async () => {
    const { clock, commits, stop, ended } = await idle({ 3: { events: events(2) } })
    await clock.pass(35 * second)
    expect(commits.map(({ cursor, events: count }) => `${cursor}: ${count}`)).toEqual(['0: 0', '3: 2'])
    stop()
    await ended
  })

  test('waits after a re-read without new events too, and its repeats are counted', async () => {
    const again: Partial<Batch<TestEvent>> = { events: events(2), reread: 'late' }
    const { clock, commits, stop, ended } = await idle({ 0: { events: events(2) }, 2: again, 3: again })
    await clock.pass(45 * second)
    expect(commits.map(({ cursor, events: count }) => `${cursor}: ${count}`)).toEqual(['0: 2'])
    stop()
    expect(await ended).toMatchObject({ result: { delivered: 2, repeats: 4 } })
    expect(commits.at(-1)?.cursor).toBe('4')
  })
})

test('each accepted write reports the delay of every event, also if a part is rejected', async () => {
  const clock = autoClock(Date.parse('2026-02-01T00:01:00Z'))
  const behave = (records: readonly string[]): FaultShape | undefined => {
    const at = records.indexOf('2')
    return at === -1 ? undefined : { fault: 'rejected', code: 'bad', at }
  }
  const sink = destination(behave)
  const { facts } = await run({ source: sourceOf([...events(3), event(100)]), sink, clock })
  const delays = facts.flatMap((fact) => (fact.type === 'write_accepted' ? fact.delaysMs : []))
  expect(sink.accepted).toEqual(['1', '3', '100'])
  // The last one is dated in the future.
  expect(delays).toEqual([59_000, 57_000, 0])
})
