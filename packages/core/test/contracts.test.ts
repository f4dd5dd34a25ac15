import { asanaSource, fault, type Sink, type Source } from '@asana-audit/core'
import { sinkContract, sourceContract } from '@asana-audit/core/testing'
import type { AuditLogEvent } from '@asana-audit/schema'
import { startSimulator } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { autoClock } from './support/auto-clock.ts'

describe('the Asana source:', () => {
  sourceContract<AuditLogEvent>(test, async () => {
    const clock = autoClock(Date.now())
    const simulator = await startSimulator({ events: 60, now: clock.now, equalTimes: 0.3 })
    return {
      source: asanaSource({
        workspace: simulator.workspace,
        token: 'simulator-token',
        baseUrl: simulator.url,
        limit: 7,
        once: true,
        clock,
      }),
      idOf: ({ gid }) => gid,
      ids: simulator.events.map(({ gid }) => gid),
      close: () => simulator.close(),
    }
  })
})

/** Runs a suite and gives the names of the tests in it that fail. */
async function failing(
  suite: (test: (name: string, body: () => Promise<void>) => void) => void,
): Promise<string[]> {
  const bodies: [string, () => Promise<void>][] = []
  suite((name, body) => bodies.push([name, body]))
  const failed: string[] = []
  for (const [name, body] of bodies) await body().catch(() => failed.push(name))
  return failed
}

const events = Array.from({ length: 12 }, (_, index) => String(index))

/** Batches of four; the cursor is where the next one starts. `skip` says how far after the cursor it goes on. */
function list(skip = 0): Source<string> {
  return {
    async *read(cursor = '0', signal) {
      for (let at = Number(cursor) + (cursor === '0' ? 0 : skip); at < events.length; at += 4) {
        if (signal?.aborted) return
        yield { events: events.slice(at, at + 4), malformed: [], cursor: String(at + 4) }
      }
    },
  }
}

interface Memory {
  readonly taken: string[]
  isOut: boolean
}

function memorySink(memory: Memory): Sink<string> {
  return {
    async write(records, signal) {
      signal.throwIfAborted()
      if (memory.isOut) throw fault({ fault: 'temporary', code: 'out', message: 'Out.' })
      memory.taken.push(...records)
    },
  }
}

function sinkSuite(change: (memory: Memory, sink: Sink<string>) => Sink<string>) {
  return (run: (name: string, body: () => Promise<void>) => void): void =>
    sinkContract<string>(run, () => {
      const memory: Memory = { taken: [], isOut: false }
      return {
        sink: change(memory, memorySink(memory)),
        record: String,
        idOf: String,
        arrived: () => memory.taken,
        outage() {
          memory.isOut = true
          return () => {
            memory.isOut = false
          }
        },
      }
    })
}

describe('a suite', () => {
  test('passes for a source or sink that keeps the contract', async () => {
    const source = (run: (name: string, body: () => Promise<void>) => void): void =>
      sourceContract<string>(run, () => ({ source: list(), idOf: String, ids: events }))
    expect(await failing(source)).toEqual([])
    expect(await failing(sinkSuite((_, sink) => sink))).toEqual([])
  })

  test('fails for a source that continues one event too late', async () => {
    const failed = await failing((run) =>
      sourceContract<string>(run, () => ({ source: list(1), idOf: String, ids: events })),
    )
    expect(failed).toEqual([
      'a source continues from the cursor of any batch without a gap',
      'a source can be stopped after any batch and opened again there',
    ])
  })

  test.each([1_000, -1, Number.NaN])(
    'fails for a source that gives every batch a nextInMs of %s',
    async (nextInMs) => {
      const waiting: Source<string> = {
        async *read(...from) {
          for await (const batch of list().read(...from)) yield { ...batch, nextInMs }
        },
      }
      const failed = await failing((run) =>
        sourceContract<string>(run, () => ({ source: waiting, idOf: String, ids: events })),
      )
      expect(failed).toEqual(['a source promises a wait only after its last event'])
    },
  )

  test.each<[string, (memory: Memory, sink: Sink<string>) => Sink<string>]>([
    [
      'resolves before the destination has the records',
      (_, sink) => ({
        async write(records, signal) {
          setImmediate(() => void sink.write(records, signal).catch(() => {}))
        },
      }),
    ],
    [
      'sends a write twice',
      (_, sink) => ({
        async write(records, signal) {
          await sink.write(records, signal)
          await sink.write(records, signal)
        },
      }),
    ],
    [
      'turns a failure into a success',
      (_, sink) => ({ write: (...all) => sink.write(...all).catch(() => {}) }),
    ],
    [
      'reports more records as accepted than are',
      (_, sink) => ({
        write: (...all) =>
          sink.write(...all).catch((error: unknown) => {
            throw Object.assign(error as Error, { accepted: 3 })
          }),
      }),
    ],
    ['reverses the order', (_, sink) => ({ write: (some, signal) => sink.write(some.toReversed(), signal) })],
  ])('fails for a sink that %s', async (_, change) => {
    expect(await failing(sinkSuite(change))).not.toEqual([])
  })
})
