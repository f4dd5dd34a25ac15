import {
  partialDeepStrictEqual as holds,
  rejects,
  strictEqual as same,
  deepStrictEqual as sameAll,
} from 'node:assert'
import type { State } from '../contract.ts'
import { hourMs } from '../duration.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'

/** The part of `stateContract` about rewinds. `entry` is an event of the time `at`. */
export function rewindContract(
  check: (name: string, body: (state: State) => Promise<void>) => void,
  { entry, at }: { readonly entry: QuarantineEntry; readonly at: number },
): void {
  check(
    'a rewind sets the cursor of a lane, accepts any filters, and keeps everything else',
    async (state) => {
      const claim = await state.claim('main')
      const delivered = [{ id: '1', at }]
      await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered, quarantined: [entry] })
      await claim.rewind('live', 'back', at + hourMs)
      const lane = await claim.lane('live', 'g')
      same(await lane.load(), 'back')
      sameAll(await lane.known(['1', '9']), new Set(['1', '9']))
      await lane.commit({ cursor: 'b', delivered, quarantined: [] })
      holds(await state.lanes(), [{ cursor: 'b', delivered: 2, quarantined: 1 }])
      await rejects(claim.lane('live', 'f'), { code: 'filters_changed' })
      await claim.rewind('new', 'somewhere', at + hourMs)
      same(await (await claim.lane('new', 'f')).load(), 'somewhere')
    },
  )

  check(
    'lanes that are rewound together all move, those without a cursor are gone, and others stay',
    async (state) => {
      const claim = await state.claim('main')
      const commit = { cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] }
      for (const name of ['live', 'backlog', 'backfill', 'repair'])
        await (await claim.lane(name, 'f')).commit(commit)
      const cursors = { live: 'b', backlog: 'c', backfill: undefined, new: 'd' }
      await claim.rewindAll(new Map(Object.entries(cursors)), at)
      const now = (await state.lanes()).map(({ lane, cursor }) => [lane, cursor])
      sameAll(Object.fromEntries(now), { live: 'b', backlog: 'c', new: 'd', repair: 'a' })
      sameAll(await state.ledger('main', at, at + hourMs), [])
      // Its filters may be others now, and commits go on from there.
      const live = await claim.lane('live', 'another filter')
      await live.commit({ cursor: 'e', delivered: [{ id: '1', at }], quarantined: [] })
      same((await state.ledger('main', at, at + hourMs)).length, 1)
    },
  )
}
