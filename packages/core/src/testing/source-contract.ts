import { ok, deepStrictEqual as sameAll } from 'node:assert'
import type { Batch, Cursor, Source } from '../contract.ts'
import type { ContractTest } from './contract-test.ts'

/** A source of events that do not change. It ends after the last of them. */
export interface SourceUnderTest<E> {
  readonly source: Source<E>
  idOf(event: E): string
  /** Ids of all events, in order. There are at least five, so that reading can continue after some of them. */
  readonly ids: readonly string[]
  close?(): void | Promise<void>
}

/**
 * Tests of what `deliver` requires of a source. `open` is called once for each test. Let the source give small batches, because the
 * tests are about what happens between two of them.
 */
export function sourceContract<E>(
  test: ContractTest,
  open: () => SourceUnderTest<E> | Promise<SourceUnderTest<E>>,
): void {
  const check = (name: string, body: (given: SourceUnderTest<E>) => Promise<void>): void => {
    test(`a source ${name}`, async () => {
      const given = await open()
      try {
        await body(given)
      } finally {
        await given.close?.()
      }
    })
  }

  check('gives every event in order, and ends', async ({ source, ids, idOf }) => {
    const batches = await all(source)
    ok(batches.length > 1, 'there is only one batch, but the test needs several: make them smaller')
    sameAll(newIn(batches, idOf), [...ids])
  })

  check('gives a cursor with every batch, a text that is not empty', async ({ source }) => {
    for (const { cursor } of await all(source))
      ok(typeof cursor === 'string' && cursor !== '', `it is ${cursor}`)
  })

  check('continues from the cursor of any batch without a gap', async ({ source, ids, idOf }) => {
    const batches = await all(source)
    for (const [index, { cursor }] of batches.entries()) {
      const before = newIn(batches.slice(0, index + 1), idOf)
      const after = newIn(await all(source, cursor), idOf)
      sameAll([...new Set([...before, ...after])], [...ids], `after batch ${index + 1}`)
    }
  })

  check('can be stopped after any batch and opened again there', async ({ source, ids, idOf }) => {
    const met = new Set<string>()
    let cursor: Cursor | undefined
    for (let openings = 0; ; openings += 1) {
      ok(openings <= ids.length * 2 + 10, 'it never ends when it is opened again after every batch')
      let batch: Batch<E> | undefined
      for await (const first of source.read(cursor)) {
        batch = first
        break
      }
      if (batch === undefined || (batch.events.length === 0 && batch.cursor === cursor)) break
      for (const event of batch.events) met.add(idOf(event))
      cursor = batch.cursor
      if (met.size === ids.length) break
    }
    sameAll([...met], [...ids])
  })

  check('gives the same events from the same cursor', async ({ source, idOf }) => {
    const [first] = await all(source)
    const read = async (): Promise<string[]> => newIn(await all(source, first?.cursor), idOf)
    sameAll(await read(), await read())
  })

  check('promises a wait only after its last event', async ({ source, idOf }) => {
    const batches = await all(source)
    for (const [index, { nextInMs = 0 }] of batches.entries()) {
      ok(typeof nextInMs === 'number' && nextInMs >= 0, `nextInMs is ${nextInMs}, not milliseconds`)
      if (nextInMs === 0) continue
      const before = newIn(batches.slice(0, index + 1), idOf)
      sameAll(newIn(batches, idOf), before, `more events came after batch ${index + 1}, which has nextInMs`)
    }
  })

  check('ends without a fault after its signal is aborted', async ({ source, ids, idOf }) => {
    const stop = new AbortController()
    const met: string[] = []
    for await (const { events } of source.read(undefined, stop.signal)) {
      met.push(...events.map(idOf))
      stop.abort()
    }
    ok(met.length < ids.length, 'it read on to the end')
    sameAll(met, ids.slice(0, met.length))
  })
}

async function all<E>(source: Source<E>, cursor?: Cursor): Promise<Batch<E>[]> {
  const batches: Batch<E>[] = []
  for await (const batch of source.read(cursor)) batches.push(batch)
  return batches
}

/** Each id once, at its first place, because a deliberate re-read may repeat events. */
function newIn<E>(batches: readonly Batch<E>[], idOf: (event: E) => string): string[] {
  return [...new Set(batches.flatMap(({ events }) => events.map(idOf)))]
}
