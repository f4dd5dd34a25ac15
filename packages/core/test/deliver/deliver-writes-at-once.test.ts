import {
  type Clock,
  type FaultShape,
  fault,
  type Lane,
  memoryState,
  type Sink,
  type Source,
} from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import {
  destination,
  event,
  events,
  gids,
  run,
  sourceOf,
  standingClock,
  type TestEvent,
} from '../support/scripted-delivery.ts'

describe('several writes at once', () => {
  /** Takes writes in the order the test says, and knows how many were open at once. */
  function manual(
    inFlight: number,
    records = 1,
  ): Sink<string> & {
    readonly open: { records: readonly string[]; accept: () => void; refuse: (shape: FaultShape) => void }[]
    most: number
  } {
    const open: { records: readonly string[]; accept: () => void; refuse: (shape: FaultShape) => void }[] = []
    const sink = {
      prefers: { records, inFlight },
      open,
      most: 0,
      write: (written: readonly string[]) =>
        new Promise<void>((resolve, reject) => {
          const done = (): void => void open.splice(open.indexOf(one), 1)
          const one = {
            records: written,
            accept: () => {
              done()
              resolve()
            },
            refuse: (shape: FaultShape) => {
              done()
              reject(fault({ message: 'told to', ...shape }))
            },
          }
          open.push(one)
          sink.most = Math.max(sink.most, open.length)
        }),
    }
    return sink
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Long enough for whatever was going to start by itself. */
  async function settledTurns(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  test('start after the first alone was accepted, as many as the sink prefers, and commits keep the order', async () => {
    const sink = manual(3)
    const running = run({ source: sourceOf(events(60)), sink })
    await until(() => sink.open.length === 1)
    await settledTurns()
    expect(sink.most).toBe(1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    // Newest first, as far as possible.
    sink.open[2]?.accept()
    sink.open[1]?.accept()
    await settledTurns()
    expect(sink.open).toHaveLength(1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 2)
    while (sink.open.length > 0) {
      sink.open.at(-1)?.accept()
      await settledTurns()
    }
    const { commits } = await running
    expect(commits.flatMap(({ delivered }) => delivered.map(({ id }) => id))).toEqual(gids(events(60)))
    const cursors = commits.map(({ cursor }) => cursor)
    expect(cursors).toEqual(cursors.toSorted())
    expect(cursors.at(-1)).toBe('60')
    expect(sink.most).toBe(3)
  })

  test('hold 64 MiB of pages at most, however many writes the sink prefers', async () => {
    const sink = manual(8)
    const source: Source<TestEvent> = {
      async *read() {
        for (const one of events(12))
          yield { events: [one], malformed: [], cursor: one.gid, bytes: 20 * 2 ** 20 }
      },
    }
    let isOver = false
    const ended = run({ source, sink }).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await settledTurns()
      sink.open[0]?.accept()
    }
    const { commits } = await ended
    expect(commits.flatMap(({ delivered }) => delivered.map(({ id }) => id))).toEqual(gids(events(12)))
    expect(sink.most).toBe(3)
  })

  test('that are accepted quickly one after another are committed together, never more than may run at once', async () => {
    const sink: Sink<string> = { ...destination(), prefers: { records: 1, inFlight: 4 } }
    const { commits } = await run({ source: sourceOf(events(200)), sink })
    expect(commits.flatMap(({ delivered }) => delivered.map(({ id }) => id))).toEqual(gids(events(200)))
    expect(commits.length).toBeLessThan(20)
    expect(Math.max(...commits.map(({ delivered }) => delivered.length))).toBeLessThanOrEqual(40)
  })

  test('that are accepted and wait for others are committed within a tenth of a second', async () => {
    const committed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), malformed: [], cursor: '1' }
        await committed[0]?.promise
        yield { events: events(1, 2), malformed: [], cursor: '2' }
        await committed[1]?.promise
      },
    }
    const waits: number[] = []
    const clock: Clock = {
      now: () => 0,
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms)
      },
    }
    let commits = 0
    await run({
      source,
      sink: { ...destination(), prefers: { inFlight: 8 } },
      clock,
      onFact: (fact) => {
        if (fact.type === 'committed') committed[commits++]?.resolve()
      },
    })
    expect(commits).toBe(2)
    expect(waits.filter((ms) => ms !== 1_000)).toEqual([100, 100])
  })

  test('do not count empty pages', async () => {
    const sink = manual(2)
    const source: Source<TestEvent> = {
      async *read() {
        for (let at = 1; at <= 3; at += 1) {
          yield { events: [event(at)], malformed: [], cursor: String(at) }
          yield { events: [], malformed: [], cursor: `${at}, and an empty page` }
        }
      },
    }
    const running = run({ source, sink })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 2)
    for (const one of [...sink.open]) one.accept()
    expect((await running).commits.at(-1)?.cursor).toBe('3, and an empty page')
  })

  test('have the position after an empty page committed, also if that page comes during a commit', async () => {
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const begun = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        begun.resolve()
        await done.promise
        await inner.commit(commit)
      },
    }
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), malformed: [], cursor: 'a' }
        await begun.promise
        yield { events: [], malformed: [], cursor: 'b' }
        await settledTurns()
        done.resolve()
      },
    }
    await run({ source, sink: destination(), lane })
    expect(await inner.load()).toBe('b')
  })

  test('count repeats, whatever is committed together with them', async () => {
    const sink = manual(3)
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(3), malformed: [], cursor: 'a' }
        yield { events: events(5), malformed: [], cursor: 'b', reread: 'healing' }
        yield { events: events(1, 6), malformed: [], cursor: 'c' }
      },
    }
    const running = run({ source, sink })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 2)
    sink.open[1]?.accept()
    await settledTurns()
    sink.open[0]?.accept()
    const { commits, result } = await running
    expect(commits.map(({ cursor }) => cursor)).toEqual(['a', 'c'])
    expect(result).toEqual({ delivered: 6, quarantined: 0, repeats: 3 })
  })

  test('that are accepted and wait for others are committed at a stop', async () => {
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        yield { events: events(1), malformed: [], cursor: '1' }
        yield { events: events(1, 2), malformed: [], cursor: '2' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      },
    }
    const stop = new AbortController()
    let writes = 0
    const { commits } = await run({
      ...{ source, sink: { ...destination(), prefers: { records: 1, inFlight: 8 } } },
      clock: standingClock(),
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type === 'write_accepted' && ++writes === 2) stop.abort()
      },
    })
    expect(commits.at(-1)?.cursor).toBe('2')
  })

  test('do not run beside a page that is larger than the limit of bytes', async () => {
    const heavy: Source<TestEvent> = {
      async *read() {
        for (let at = 1; at <= 3; at += 1) {
          yield { events: [event(at)], malformed: [], cursor: String(at), bytes: 100 * 2 ** 20 }
        }
      },
    }
    const sink = destination()
    await run({ source: heavy, sink: { ...sink, prefers: { records: 1, inFlight: 8 } } })
    expect(sink.accepted).toEqual(['1', '2', '3'])
  })

  test('that were accepted before a final failure are committed before the rejection', async () => {
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const slow = Promise.withResolvers<void>()
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        await slow.promise
        await settledTurns()
        await inner.commit(commit)
      },
    }
    const sink = manual(8)
    const all = sourceOf(events(30))
    const running = run({ source: all, sink, lane, clock: standingClock(), onFatal: 'reject' })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 2)
    sink.open[0]?.accept()
    await settledTurns()
    sink.open[0]?.refuse({ fault: 'fatal', code: 'unauthorized' })
    const failed = expect(running).rejects.toMatchObject({ code: 'unauthorized' })
    await settledTurns()
    slow.resolve()
    await failed
    expect(await inner.load()).toBe('20')
  })

  test('do not start while one is retried', async () => {
    const sink = manual(4)
    const clock = standingClock()
    const stop = new AbortController()
    const running = run({ source: sourceOf(events(90)), sink, clock, signal: stop.signal })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 4)
    sink.open[1]?.refuse({ fault: 'temporary', code: 'busy' })
    await settledTurns()
    sink.open[0]?.accept()
    await settledTurns()
    expect(sink.open).toHaveLength(2)
    stop.abort()
    for (const one of [...sink.open]) one.accept()
    await running
  })

  test('end if one fails finally, also one that is being retried', async () => {
    const sink = manual(3)
    const waiting: (() => void)[] = []
    const clock: Clock = {
      ...autoClock(),
      sleep: (_, signal) =>
        new Promise((resolve, reject) => {
          waiting.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    }
    const running = run({ source: sourceOf(events(90)), sink, clock, onFatal: 'reject' })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    sink.open[2]?.refuse({ fault: 'temporary', code: 'busy' })
    await settledTurns()
    sink.open[1]?.accept()
    sink.open[0]?.refuse({ fault: 'fatal', code: 'unauthorized' })
    await expect(running).rejects.toMatchObject({ code: 'unauthorized' })
    for (const wake of waiting) wake()
    await settledTurns()
    expect(sink.open).toEqual([])
  })

  test('do not wait for the source if one fails finally', async () => {
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        yield { events: events(1), malformed: [], cursor: '1' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      },
    }
    const sink = destination(() => ({ fault: 'fatal', code: 'unauthorized' }))
    await expect(run({ source, sink, onFatal: 'reject' })).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('have small pages coalesced behind the tail, up to the size that the sink prefers', async () => {
    const sink = destination()
    const sizes: number[] = []
    const gathering: Sink<string> = {
      prefers: { records: 25 },
      write: async (records, signal) => {
        sizes.push(records.length)
        await sink.write(records, signal)
      },
    }
    // Pages come at once here, and a wait for one never ends first.
    const clock = standingClock()
    const { commits } = await run({ source: sourceOf(events(70)), sink: gathering, clock })
    expect(sizes).toEqual([30, 30, 10])
    expect(commits.map(({ cursor }) => cursor)).toEqual(['30', '60', '70'])
  })

  test('wait for no more events at the tail, where an empty page starts the write', async () => {
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        yield { events: events(3), malformed: [], cursor: 'a' }
        yield { events: [], malformed: [], cursor: 'b' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      },
    }
    const stop = new AbortController()
    const clock = standingClock()
    const sink = destination()
    await run({
      source,
      sink: { ...sink, prefers: { records: 1_000 } },
      clock,
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type === 'committed') stop.abort()
      },
    })
    expect(sink.accepted).toEqual(['1', '2', '3'])
  })

  test('hold a limited number of bytes, whatever the sink prefers', async () => {
    const sink = manual(8)
    const heavy: Source<TestEvent> = {
      async *read() {
        for (let at = 0; at < 10; at += 1) {
          yield { events: [event(at)], malformed: [], cursor: String(at), bytes: 20 * 2 ** 20 }
        }
      },
    }
    const running = run({ source: heavy, sink })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    await settledTurns()
    expect(sink.most).toBe(3)
    while (sink.open.length > 0) {
      sink.open[0]?.accept()
      await settledTurns()
    }
    await running
  })
})
