import {
  type Arrival,
  type Batch,
  deliver,
  type Identified,
  memoryState,
  type Source,
  type State,
} from '@asana-audit/core'
import { expect, test } from 'vitest'

const event = (gid: string, minutes: number): Identified => ({
  gid,
  created_at: new Date(Date.parse('2026-02-01T10:00:00Z') + minutes * 60_000).toISOString(),
})

const batch = (events: Identified[], more: Partial<Batch<Identified>> = {}): Batch<Identified> => ({
  events,
  malformed: [],
  cursor: `after ${events.at(-1)?.gid}`,
  ...more,
})

function sourceOf(...batches: Batch<Identified>[]): Source<Identified> {
  return {
    async *read() {
      yield* batches
    },
  }
}

/** How each event came, by its gid, in the order of calls. All of them were told before they were mapped. */
async function arrivals(state: State, batches: readonly Batch<Identified>[]): Promise<[string, Arrival][]> {
  const came: [string, Arrival][] = []
  await deliver({
    ...{ source: sourceOf(...batches), sink: { write: async () => {} }, pipeline: 'main', state },
    onArrival: ({ gid }, arrival) => void came.push([gid, arrival]),
    map: ({ gid }) => expect(came.map(([told]) => told)).toContain(gid),
  })
  return came
}

test('each event comes with the time of its page, also when pages make one write', async () => {
  const pages = [batch([event('1', 0), event('2', 1)], { receivedAt: 100 }), batch([event('3', 2)])]
  expect(await arrivals(memoryState(), pages)).toEqual([
    ['1', { receivedAt: 100, isRepeat: false }],
    ['2', { receivedAt: 100, isRepeat: false }],
    ['3', { receivedAt: undefined, isRepeat: false }],
  ])
})

test('the state is not asked unless somebody wants to know', async () => {
  const state = memoryState()
  const asked: unknown[] = []
  const claim = await state.claim('main')
  const lane = await claim.lane('live', '')
  await deliver({
    source: sourceOf(batch([event('1', 0)], { receivedAt: 100 })),
    sink: { write: async () => {} },
    map: (one) => one,
    lane: {
      ...lane,
      known(ids) {
        asked.push(ids)
        return lane.known(ids)
      },
    },
  })
  expect(asked).toEqual([])
})

test('an id that the state knows is a repeat, and so is a second one in the same write', async () => {
  const state = memoryState()
  await arrivals(state, [batch([event('1', 0)])])
  const came = await arrivals(state, [batch([event('1', 0), event('2', 1), event('2', 1)])])
  expect(came.map(([gid, arrival]) => [gid, arrival.isRepeat])).toEqual([
    ['1', true],
    ['2', false],
    ['2', true],
  ])
})

test('after a rewind, events of a time that was delivered are repeats, up to the newest one', async () => {
  const state = memoryState()
  await arrivals(state, [batch([event('1', 0), event('2', 70), event('3', 200)])])
  const claim = await state.claim('main')
  await claim.rewind('live', 'back', Date.parse('2026-02-01T10:00:00Z'))
  await claim.release()
  const again = [event('1', 0), event('2', 70), event('3', 200), event('4', 201)]
  const came = await arrivals(state, [batch(again)])
  expect(came.map(([gid, arrival]) => [gid, arrival.isRepeat])).toEqual([
    ['1', true],
    ['2', true],
    ['3', true],
    ['4', false],
  ])
})

test('a late event is new, though its time was delivered before', async () => {
  const state = memoryState()
  await arrivals(state, [batch([event('1', 0), event('2', 10)])])
  const claim = await state.claim('main')
  await claim.rewind('live', 'back', Date.parse('2026-02-01T10:00:00Z'))
  await claim.release()
  const came = await arrivals(state, [
    batch([event('1', 0), event('2', 10)]),
    batch([event('2', 10), event('late', 5)], { reread: 'late' }),
  ])
  expect(came.map(([gid, arrival]) => [gid, arrival.isRepeat])).toEqual([
    ['1', true],
    ['2', true],
    ['late', false],
  ])
})

test('a batch with a time of arrival that is none breaks the contract', async () => {
  const bad = batch([event('1', 0)], { receivedAt: Number.NaN })
  await expect(arrivals(memoryState(), [bad])).rejects.toMatchObject({ code: 'source_contract' })
})
