import { type Batch, memoryState, type Source } from '@asana-audit/core'
import { expect, test } from 'vitest'
import {
  destination,
  event,
  events,
  gids,
  run,
  sourceOf,
  type TestEvent,
} from '../support/scripted-delivery.ts'

/** One good batch, and then one as a source without types may make it. */
function sourceWith(second: object | undefined): Source<TestEvent> {
  return {
    async *read() {
      yield { events: events(2), malformed: [], cursor: 'a' }
      yield (second && { events: [event(3)], malformed: [], cursor: 'b', ...second }) as Batch<TestEvent>
    },
  }
}

test.each([
  ['that is none', undefined, 'A batch came without a cursor'],
  ['with a text as its size', { bytes: '12' }, 'A batch came with `bytes` that are not a number'],
  ['with a text as its wait', { nextInMs: '1s' }, 'A batch came with `nextInMs` that are not a number'],
  ['with a wait below 0', { nextInMs: -1 }, 'A batch came with `nextInMs` that are not a number'],
  ['with a bigint as its size', { bytes: 12n }, 'A batch came with `bytes` that are not a number'],
  [
    'with a size that is not a number',
    { bytes: Number.NaN },
    'A batch came with `bytes` that are not a number',
  ],
  ['read by a number', { readBy: 7 }, 'A batch came with a `readBy` that is not a name'],
  ['read by nobody', { readBy: '' }, 'A batch came with a `readBy` that is not a name'],
  ['without a cursor', { cursor: undefined }, 'A batch came without a cursor'],
  ['with an empty cursor', { cursor: '' }, 'A batch came without a cursor'],
  ['with a number as cursor', { cursor: 7 }, 'A batch came without a cursor'],
  ['without events', { events: undefined }, 'A batch came without events'],
  ['without `malformed`', { malformed: undefined }, 'A batch came without `malformed`'],
  [
    'with something malformed without a reason',
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
    'with the identities of other events',
    { identities: [{ id: '4', at: 0 }] },
    'A batch came with `identities` that are not those of its events',
  ],
  [
    'with too few identities',
    { events: [event(3), event(4)], identities: [{ id: '3', at: 0 }] },
    'A batch came with `identities` that are not those of its events',
  ],
  [
    'with an identity without a time',
    { identities: [{ id: '3', at: Number.NaN }] },
    'A batch came with `identities` that are not those of its events',
  ],
  [
    'with nothing in place of an event that has an identity',
    { events: [undefined], identities: [{ id: undefined, at: 0 }] },
    'A batch came with `identities` that are not those of its events',
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
    message: expect.stringMatching(/, which breaks the contract of a source\. Give .*\.$/),
  })
  await expect(running).rejects.toThrow(said)
  expect(sink.accepted).toEqual(gids(events(2)))
  expect(await lane.load()).toBe('a')
})

test('a newer event for a test of the destination is checked like those of a batch', async () => {
  const source: Source<TestEvent> = {
    ...sourceWith({}),
    newerThan: async () => ({ ...event(9), created_at: 'not a time' }),
  }
  const sink = destination(() => ({ fault: 'rejected', code: 'bad_data', at: 'none-taken' }))
  await expect(run({ source, sink })).rejects.toMatchObject({ code: 'source_contract' })
  expect(sink.accepted).toEqual([])
})

const batch: Batch<TestEvent> = { events: [event(1)], malformed: [], cursor: 'a' }
const unreadable = '`read` returned something that `for await` cannot read'
test.each<[string, () => unknown, string]>([
  ['gives a list', () => [batch], unreadable],
  ['is an async function and no generator', async () => [batch], unreadable],
  ['gives nothing', () => undefined, unreadable],
  [
    'gives an iterator without results',
    () => ({ [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }),
    'The iterator of `read` gave no result',
  ],
])('a source whose read %s ends the delivery: asking again would not help', async (_, read, said) => {
  const running = run({ source: { read } as Source<TestEvent>, sink: destination() })
  await expect(running).rejects.toMatchObject({ fault: 'fatal', final: true, code: 'source_contract' })
  await expect(running).rejects.toThrow(said)
})

test('an asynchronous map ends the delivery, because a sink would write its promises', async () => {
  const map = async (): Promise<never> => Promise.reject(new Error('too late'))
  const sink = destination()
  const running = run({ source: sourceOf(events(3)), sink, map: map as never })
  await expect(running).rejects.toMatchObject({ fault: 'fatal', final: true, code: 'bad_option' })
  await expect(running).rejects.toThrow('The option map returned a promise. It must return the record itself')
  expect(sink.accepted).toEqual([])
})

test('a map that returns nothing ends the delivery, because its events would count as delivered', async () => {
  const sink = destination()
  const running = run({ source: sourceOf(events(3)), sink, map: (() => {}) as never })
  await expect(running).rejects.toMatchObject({ fault: 'fatal', final: true, code: 'bad_option' })
  await expect(running).rejects.toThrow(
    'The option map returned undefined. It must return a record for each event: leave events out in the source, or in `write` of the sink.',
  )
  expect(sink.accepted).toEqual([])
})

test.each(['0000-01-01T00:00:00+23:00', '9999-12-31T23:59:59-23:00'])(
  'an event of %s is delivered, although its year does not have four digits in UTC',
  async (createdAt) => {
    const far = events(30).map((one) => ({ ...one, created_at: createdAt }))
    const sink = destination()
    await run({ source: sourceOf(far), sink })
    expect(sink.accepted).toEqual(gids(far))
  },
)
