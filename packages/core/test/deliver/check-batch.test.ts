import { type Batch, memoryState, type Source } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { destination, event, events, gids, run, type TestEvent } from '../support/scripted-delivery.ts'

/** One good batch, and then one as a source without types may make it. */
function sourceWith(second: object): Source<TestEvent> {
  return {
    async *read() {
      yield { events: events(2), malformed: [], cursor: 'a' }
      yield { events: [event(3)], malformed: [], cursor: 'b', ...second } as Batch<TestEvent>
    },
  }
}

test.each([
  ['without a cursor', { cursor: undefined }, 'A batch came without a cursor'],
  ['with an empty cursor', { cursor: '' }, 'A batch came without a cursor'],
  ['with a number as cursor', { cursor: 7 }, 'A batch came without a cursor'],
  ['without events', { events: undefined }, 'A batch came without events'],
  ['without `malformed`', { malformed: undefined }, 'A batch came without `malformed`'],
  [
    'with something malformed and no reason',
    { malformed: [{ raw: {} }] },
    'A batch came without `malformed`',
  ],
  ['with nothing in place of an event', { events: [undefined] }, 'An event came without a gid'],
  ['with a number as gid', { events: [{ ...event(3), gid: 3 }] }, 'An event came without a gid'],
  [
    'with a time nobody can read',
    { events: [event(3), { ...event(4), created_at: 'not a time' }] },
    'The event 4 came with the created_at "not a time"',
  ],
  [
    'with an event without a time',
    { events: [{ gid: '3' }] },
    'The event 3 came with the created_at undefined',
  ],
  [
    'with an unreadable time in a re-read',
    { events: [{ ...event(3), created_at: 'soon' }], reread: 'late' },
    'The event 3 came with the created_at "soon"',
  ],
])('a batch %s ends the delivery, and what came before it is safe', async (_, second, said) => {
  const lane = await (await memoryState().claim('test')).lane('live', '')
  const sink = destination()
  const running = run({ source: sourceWith(second), sink, lane })
  await expect(running).rejects.toMatchObject({
    ...{ fault: 'fatal', final: true, code: 'source_contract' },
    message: expect.stringMatching(/, which breaks the contract of a source\. (Give|Put) .*\.$/),
  })
  await expect(running).rejects.toThrow(said)
  expect(sink.accepted).toEqual(gids(events(2)))
  expect(await lane.load()).toBe('a')
})

test('a newer event that is asked for is checked as those of a batch are', async () => {
  const source: Source<TestEvent> = {
    ...sourceWith({}),
    newerThan: async () => ({ ...event(9), created_at: 'not a time' }),
  }
  const sink = destination(() => ({ fault: 'rejected', code: 'bad_data', at: 'none-taken' }))
  await expect(run({ source, sink })).rejects.toMatchObject({ code: 'source_contract' })
  expect(sink.accepted).toEqual([])
})
