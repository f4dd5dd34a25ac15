import type { Batch, Sink, Source } from '@asana-audit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coalesceBatches } from '../../src/deliver/coalesce-batches.ts'
import { destination, events, run, type TestEvent } from '../support/scripted-delivery.ts'
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts'

const waitMs = 1_000

interface Page {
  /** From the page before it. */
  readonly afterMs: number
  readonly events: number
  readonly reread?: 'late'
  /** When the source says it looks for more. */
  readonly nextInMs?: number
}

/** A source that gives pages with so much time between them, where it is asked in time. Notes when each was read. */
async function* pagesOf(
  pages: readonly Page[],
  clock: SteppedClock,
  readAt: number[] = [],
): AsyncGenerator<Batch<TestEvent>> {
  const start = clock.now()
  let number = 0
  for (const [index, { afterMs, events: count, reread, nextInMs }] of pages.entries()) {
    await clock.sleep(afterMs)
    readAt.push(clock.now() - start)
    yield {
      events: events(count, number + 1),
      malformed: [],
      cursor: String(index),
      ...(reread && { reread }),
      ...(nextInMs !== undefined && { nextInMs }),
    }
    number += count
  }
}

interface Given {
  readonly at: number
  readonly cursors: readonly string[]
}

/** What is given out and when, to a consumer that is busy for so long after each list. */
function consume(
  pages: readonly Page[],
  {
    busyMs = [0],
    records = 1_000,
    readAt = [] as number[],
  }: Partial<Record<'busyMs' | 'readAt', number[]>> & { records?: number },
): { readonly clock: SteppedClock; readonly given: Given[]; readonly asked: number[] } {
  const clock = steppedClock()
  const start = clock.now()
  const given: Given[] = []
  const asked: number[] = []
  const consumed = async (): Promise<void> => {
    const lists = coalesceBatches(pagesOf(pages, clock, readAt), { records, bytes: 1_000_000, waitMs, clock })
    asked.push(0)
    for await (const { batches } of lists) {
      given.push({ at: clock.now() - start, cursors: batches.map(({ cursor }) => cursor) })
      await clock.sleep(busyMs[given.length % busyMs.length] ?? 0)
      asked.push(clock.now() - start)
    }
  }
  void consumed()
  return { clock, given, asked }
}

describe('how long events wait for others', () => {
  test('pages that keep coming do not delay a write: it starts a second after the first of them', async () => {
    const { clock, given } = consume(Array(10).fill({ afterMs: 400, events: 3 }), {})
    await clock.pass(60_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual([
      '1400: 0,1,2',
      '2600: 3,4,5',
      '3800: 6,7,8',
      '4000: 9',
    ])
  })

  test('the second counts from the time of reading, not from the request for a write', async () => {
    const pages = [
      { afterMs: 0, events: 0 },
      { afterMs: 100, events: 1 },
      { afterMs: 300, events: 1 },
      { afterMs: 50_000, events: 1 },
    ]
    const { clock, given } = consume(pages, { busyMs: [0, 900] })
    await clock.pass(10_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual(['0: 0', '1100: 1,2'])
  })

  test('events that come while the destination is busy make one write, which starts as soon as it is requested', async () => {
    const pages = [{ afterMs: 0, events: 0 }, ...Array<Page>(6).fill({ afterMs: 400, events: 3 })]
    const { clock, given } = consume(pages, { busyMs: [0, 30_000] })
    await clock.pass(100_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual(['0: 0', '30000: 1,2,3,4,5,6'])
  })

  test('no more than one write and one page are read ahead of a destination that is busy', async () => {
    const readAt: number[] = []
    const pages = Array<Page>(20).fill({ afterMs: 1, events: 10 })
    const { clock } = consume(pages, { busyMs: [1_000_000], records: 30, readAt })
    await clock.pass(10_000)
    // One list given out, one that waits, one page.
    expect(readAt).toHaveLength(7)
  })

  test('an empty page and a re-read end the wait', async () => {
    const pages: Page[] = [
      { afterMs: 0, events: 1 },
      { afterMs: 10, events: 0 },
      { afterMs: 10, events: 1 },
      { afterMs: 10, events: 1, reread: 'late' },
    ]
    const { clock, given } = consume(pages, {})
    await clock.pass(10_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual(['10: 0,1', '30: 2', '30: 3'])
  })

  test('events are written at once if nothing can follow in time', async () => {
    const { clock, given } = consume(Array(3).fill({ afterMs: 1_000, events: 3, nextInMs: 1_000 }), {})
    await clock.pass(60_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual(['1000: 0', '2000: 1', '3000: 2'])
  })

  test('events wait for others as long as others can follow in time', async () => {
    const { clock, given } = consume(Array(6).fill({ afterMs: 400, events: 3, nextInMs: 400 }), {})
    await clock.pass(60_000)
    expect(given.map(({ at, cursors }) => `${at}: ${cursors}`)).toEqual(['1200: 0,1,2', '2400: 3,4,5'])
  })

  test('for any pages and any destination, all events come in order, none more than a second late', async () => {
    const page = fc.record({
      afterMs: fc.integer({ min: 0, max: 1_500 }),
      events: fc.integer({ min: 0, max: 40 }),
      nextInMs: fc.nat(2_000),
    })
    const busy = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.array(page, { maxLength: 25 }), busy, async (pages, busyMs) => {
        const readAt: number[] = []
        const { clock, given, asked } = consume(pages, { busyMs, records: 100, readAt })
        await clock.pass(500_000)
        expect(given.flatMap(({ cursors }) => cursors)).toEqual(pages.map((_, index) => String(index)))
        for (const [index, { at, cursors }] of given.entries()) {
          const mostWaited = Math.max((readAt[Number(cursors[0])] ?? 0) + waitMs, asked[index] ?? 0)
          expect(at).toBeLessThanOrEqual(mostWaited)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('one write', () => {
  const clock = steppedClock()
  const options = { records: 100, bytes: 1_000, waitMs: 60_000, clock }
  const batch = (cursor: string, more: Partial<Batch<TestEvent>> = {}): Batch<TestEvent> => ({
    ...{ events: events(1), malformed: [], cursor, bytes: 10 },
    ...more,
  })

  async function cursorsOf(...batches: Batch<TestEvent>[]): Promise<string[]> {
    async function* source(): AsyncGenerator<Batch<TestEvent>> {
      yield* batches
    }
    const lists = await Array.fromAsync(coalesceBatches(source(), options))
    return lists.map(({ batches: some }) => some.map(({ cursor }) => cursor).join())
  }

  test('has pages until their bytes reach the limit; pages without a size count as empty', async () => {
    const half = { bytes: 500 }
    expect(await cursorsOf(batch('a', half), batch('b', half), batch('c', half), batch('d'))).toEqual([
      'a,b',
      'c,d',
    ])
    const { bytes: _, ...unknown } = batch('a')
    expect(
      await cursorsOf(unknown, batch('b', { bytes: 999 }), batch('c', { bytes: 1 }), batch('d')),
    ).toEqual(['a,b,c', 'd'])
  })

  test('has only one re-read, and comes before later pages', async () => {
    const again = { reread: 'healing' } as const
    const batches = [batch('a'), batch('b', again), batch('c', again), batch('d'), batch('e')]
    expect(await cursorsOf(...batches)).toEqual(['a', 'b', 'c', 'd,e'])
  })

  test('has the reader of its last page', async () => {
    async function* source(): AsyncGenerator<Batch<TestEvent>> {
      yield* [batch('a', { readBy: 'x' }), batch('b', { readBy: 'y', events: [] })]
      yield* [batch('c', { readBy: 'x' }), batch('d', { events: [] })]
    }
    const lists = await Array.fromAsync(coalesceBatches(source(), options))
    expect(lists.map(({ readBy }) => readBy)).toEqual(['y', undefined])
  })

  test('of events before a failure comes before the failure', async () => {
    async function* source(): AsyncGenerator<Batch<TestEvent>> {
      yield batch('a')
      yield batch('b')
      throw new Error('broken')
    }
    const lists = coalesceBatches(source(), options)
    const { value } = await lists.next()
    expect(value).toMatchObject({ batches: [{ cursor: 'a' }, { cursor: 'b' }], cursor: 'b', bytes: 20 })
    await expect(lists.next()).rejects.toThrow('broken')
  })

  test('leaves no timer, and no page is read after its consumer has ended', async () => {
    const waiting = steppedClock()
    const timers: (AbortSignal | undefined)[] = []
    const noting = {
      ...waiting,
      sleep(ms: number, signal?: AbortSignal) {
        timers.push(signal)
        return waiting.sleep(ms, signal)
      },
    }
    let asked = 0
    const more = Promise.withResolvers<IteratorResult<Batch<TestEvent>>>()
    const source: AsyncIterator<Batch<TestEvent>> = {
      async next() {
        asked += 1
        if (asked === 4) return more.promise
        return { done: false, value: batch(String(asked), asked === 2 ? { events: [] } : {}) }
      },
    }
    const lists = coalesceBatches(source, { ...options, clock: noting })
    await lists.next()
    await waiting.pass(10)
    expect(timers.map((signal) => signal?.aborted)).toEqual([true, false])
    await lists.return(undefined)
    more.resolve({ done: false, value: batch('late') })
    await waiting.pass(10)
    expect(timers.map((signal) => signal?.aborted)).toEqual([true, true])
    expect(asked).toBe(4)
  })
})

test('is not ended by an empty page for a sink that allows a longer wait', async () => {
  const clock = steppedClock()
  const quiet = { afterMs: 1_000, events: 0, nextInMs: 1_000 }
  const pages = Array(4)
    .fill([{ afterMs: 1_000, events: 1, nextInMs: 1_000 }, quiet, quiet])
    .flat()
  const sizes: number[] = []
  const archive: Sink<string> = {
    prefers: { maxWaitMs: 600_000 },
    write: async (records) => void sizes.push(records.length),
  }
  const running = run({ source: { read: () => pagesOf(pages, clock) }, sink: archive, clock })
  await clock.pass(60_000)
  await running
  expect(sizes).toEqual([4])
})

test('is sent with as many bytes as the sink prefers', async () => {
  const clock = steppedClock()
  const sizes: number[] = []
  const archive: Sink<string> = {
    prefers: { bytes: 2_000, maxWaitMs: 600_000 },
    write: async (records) => void sizes.push(records.length),
  }
  async function* read(): AsyncGenerator<Batch<TestEvent>> {
    for (const number of [1, 2, 3, 4, 5])
      yield { events: events(1, number), malformed: [], cursor: String(number), bytes: 1_000 }
  }
  await run({ source: { read }, sink: archive, clock })
  expect(sizes).toEqual([2, 2, 1])
})

test('is larger for a sink that allows a longer wait', async () => {
  const clock = steppedClock()
  const source: Source<TestEvent> = {
    read: () => pagesOf(Array(40).fill({ afterMs: 400, events: 3 }), clock),
  }
  const sizes: number[] = []
  const archive: Sink<string> = {
    prefers: { maxWaitMs: 10_000 },
    write: async (records, signal) => {
      sizes.push(records.length)
      await destination().write(records, signal)
    },
  }
  const running = run({ source, sink: archive, clock })
  await clock.pass(60_000)
  await running
  expect(sizes).toEqual([75, 45])
})
