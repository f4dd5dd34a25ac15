import { type Fact, fault, memoryState, type Sink, type Source } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import {
  destination,
  events,
  run,
  sourceOf,
  standingClock,
  type TestEvent,
} from '../support/scripted-delivery.ts'

describe('stopping', () => {
  test('a stop between attempts ends the wait at once and commits only what was accepted', async () => {
    const stop = new AbortController()
    const sink = destination(() => ({ fault: 'temporary', code: 'busy' }))
    const { commits, result } = await run({
      source: sourceOf(events(5)),
      sink,
      signal: stop.signal,
      onFact: (fact) => {
        if (fact.type === 'retrying') stop.abort()
      },
    })
    expect(commits).toEqual([])
    expect(result.delivered).toBe(0)
  })

  test('an attempt that runs at the stop may finish, and is committed', async () => {
    const stop = new AbortController()
    const sink: Sink<string> = {
      prefers: { records: 1 },
      write: async (_, signal) => {
        stop.abort()
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
      },
    }
    const clock = standingClock()
    const { commits } = await run({ source: sourceOf(events(20)), sink, signal: stop.signal, clock })
    expect(commits.map(({ cursor }) => cursor)).toEqual(['10'])
  })

  test('an attempt that still runs after the grace is aborted, and nothing of it is committed', async () => {
    const stop = new AbortController()
    const sink: Sink<string> = {
      write: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          stop.abort()
        }),
    }
    const cut: Fact[] = []
    const onFact = (fact: Fact) => void (fact.type === 'cut_off' && cut.push(fact))
    const { commits } = await run({ source: sourceOf(events(20)), sink, signal: stop.signal, onFact })
    expect(commits).toEqual([])
    expect(cut).toEqual([{ type: 'cut_off', events: 20 }])
  })

  test('a stop that ends no write says nothing of one', async () => {
    const stop = new AbortController()
    const types: string[] = []
    const sink: Sink<string> = { write: async () => stop.abort() }
    const { commits } = await run({
      ...{ source: sourceOf(events(5)), sink, signal: stop.signal },
      onFact: ({ type }) => types.push(type),
    })
    expect(commits.map(({ cursor }) => cursor)).toEqual(['5'])
    expect(types).not.toContain('cut_off')
  })

  test('an attempt that runs while the source fails finally may finish, and is committed before the rejection', async () => {
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(10), malformed: [], cursor: '10' }
        throw fault({ fault: 'fatal', code: 'unauthorized', message: 'The token is refused.' })
      },
    }
    const sink: Sink<string> = {
      write: async (_, signal) => {
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
      },
    }
    const lane = await (await memoryState().claim('test')).lane('live', '')
    const delivery = run({ source, sink, lane, clock: standingClock(), onFatal: 'reject' })
    await expect(delivery).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await lane.load()).toBe('10')
  })

  test('a failure is reported even if a stop follows while writes still run', async () => {
    const stop = new AbortController()
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(10), malformed: [], cursor: '10' }
        throw fault({ fault: 'fatal', code: 'unauthorized', message: 'The token is refused.' })
      },
    }
    const sink: Sink<string> = {
      write: async () => {
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        stop.abort()
      },
    }
    const clock = standingClock()
    const delivery = run({ source, sink, clock, signal: stop.signal, onFatal: 'reject' })
    await expect(delivery).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('records that a sink accepted after the grace are committed too', async () => {
    const stop = new AbortController()
    const sink: Sink<string> = {
      // As a file in the middle of an fsync: it cannot be stopped.
      write: async (_, signal) => {
        stop.abort()
        while (!signal.aborted) await new Promise((resolve) => setImmediate(resolve))
      },
    }
    const { commits } = await run({ source: sourceOf(events(5)), sink, signal: stop.signal })
    expect(commits.map(({ cursor }) => cursor)).toEqual(['5'])
  })
})
