import type { Batch, Source } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { destination, events, gids, run, type TestEvent } from '../support/scripted-delivery.ts'

/** A source that gives these batches and then ends, and that cannot be closed. */
function sourceOf(batches: readonly object[]): Source<TestEvent> {
  return {
    read: () => ({
      [Symbol.asyncIterator]() {
        const left = [...batches] as Batch<TestEvent>[]
        return {
          async next() {
            const value = left.shift()
            return value ? { value } : { done: true, value: undefined }
          },
          async return() {
            throw new Error('cannot be closed')
          },
        }
      },
    }),
  }
}

const batch = { events: events(2), malformed: [], cursor: 'a' }

test('the fault of the destination is thrown, and not that of closing the source', async () => {
  const sink = destination(() => ({ fault: 'fatal', code: 'unauthorized' }))
  const source = sourceOf(Array.from({ length: 20 }, () => batch))
  await expect(run({ source, sink, onFatal: 'reject' })).rejects.toMatchObject({
    code: 'unauthorized',
  })
})

test('a batch that breaks the contract is reported, and not that the source could not be closed', async () => {
  const source = sourceOf([batch, { ...batch, cursor: '' }])
  await expect(run({ source, sink: destination() })).rejects.toMatchObject({ code: 'source_contract' })
})

test('a source that has ended is not closed again', async () => {
  const sink = destination()
  await expect(run({ source: sourceOf([batch]), sink })).resolves.toMatchObject({
    result: { delivered: 2 },
  })
  expect(sink.accepted).toEqual(gids(events(2)))
})
