import { partialDeepStrictEqual as holds, strictEqual as same, deepStrictEqual as sameAll } from 'node:assert'
import type { State } from '../contract.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'

/** The part of `stateContract` about the quarantine. `entry` is an event of the time `at`. */
export function quarantineContract(
  check: (name: string, body: (state: State) => Promise<void>) => void,
  { entry, at }: { readonly entry: QuarantineEntry; readonly at: number },
): void {
  check(
    'the quarantine is counted by pipeline, kind and code, without what was discharged',
    async (state) => {
      for (const [pipeline, ids] of [
        ['b', ['1', '2']],
        ['a', ['1']],
      ] as const) {
        const lane = await (await state.claim(pipeline)).lane('live', 'f')
        const quarantined = [
          { ...entry, id: '8', code: 'too_long' },
          ...ids.map((id) => ({ ...entry, id })),
          { ...entry, id: '7', kind: 'malformed' as const },
        ]
        await lane.commit({ cursor: 'a', delivered: [], quarantined })
      }
      await state.discharge([1])
      sameAll(await state.quarantineCounts(), [
        { pipeline: 'a', kind: 'malformed', code: 'bad_data', entries: 1 },
        { pipeline: 'a', kind: 'rejected', code: 'bad_data', entries: 1 },
        { pipeline: 'a', kind: 'rejected', code: 'too_long', entries: 1 },
        { pipeline: 'b', kind: 'rejected', code: 'bad_data', entries: 2 },
        { pipeline: 'b', kind: 'malformed', code: 'bad_data', entries: 1 },
      ])
    },
  )

  check(
    'the quarantine returns whole events, the oldest first, and lanes return their counts',
    async (state) => {
      const lane = await (await state.claim('main')).lane('live', 'f')
      const odd = { ...entry, id: undefined, event: 'not even an object' }
      await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [entry, odd] })
      const stored = await collect(state.quarantine())
      same(stored.length, 2)
      holds(stored, [
        { ...entry, number: 1, pipeline: 'main' },
        { ...odd, number: 2 },
      ])
      sameAll(await collect(state.quarantine('other')), [])
      holds(await state.lanes(), [
        {
          pipeline: 'main',
          lane: 'live',
          cursor: 'a',
          delivered: 1,
          quarantined: 2,
          newestAt: '2026-02-01T10:00:00.000Z',
        },
      ])
    },
  )

  check('a discharged entry leaves the quarantine, and its number is not used again', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered: [], quarantined: [entry, { ...entry, id: '10' }] })
    await state.discharge([2, 99])
    await lane.commit({ cursor: 'b', delivered: [], quarantined: [{ ...entry, id: '11' }] })
    const left = await collect(state.quarantine())
    sameAll(
      left.map(({ number, id }) => [number, id]),
      [
        [1, '9'],
        [3, '11'],
      ],
    )
  })
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
