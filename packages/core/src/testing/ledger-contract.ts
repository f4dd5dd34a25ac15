import { notStrictEqual as differ, strictEqual as same, deepStrictEqual as sameAll } from 'node:assert'
import type { Identity, State } from '../contract.ts'
import { dayMs, hourMs } from '../duration.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { contentHash } from '../state/content-hash.ts'

/** The part of `stateContract` about the ledger. `hour` is the start of an hour, and `entry` an event in it. */
export function ledgerContract(
  check: (name: string, body: (state: State) => Promise<void>) => void,
  { entry, hour }: { readonly entry: QuarantineEntry; readonly hour: number },
): void {
  const later = hour + hourMs
  const ever = [0, Number.MAX_SAFE_INTEGER] as const

  async function counts(state: State): Promise<string[]> {
    const rows = await state.ledger('main', ...ever)
    return rows.map((row) => `${(row.hour - hour) / hourMs} ${row.kind} ${row.count}`).sort()
  }

  check('the ledger counts each id once by hour and kind, even if it comes several times', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    const delivered = [
      { id: '1', at: hour },
      { id: '2', at: later - 1 },
      { id: '3', at: later },
    ]
    const uncertain = { ...entry, id: '10', kind: 'uncertain' as const }
    const nameless = { ...entry, id: undefined }
    await lane.commit({ cursor: 'a', delivered, quarantined: [entry, uncertain, nameless] })
    await lane.commit({ cursor: 'b', delivered, quarantined: [] })
    sameAll(await counts(state), ['0 delivered 2', '0 quarantined 1', '0 uncertain 1', '1 delivered 1'])
    sameAll(await state.ledger('other', 0, later), [])
    const [only, ...others] = await state.ledger('main', later, later + 1)
    same(only?.count, 1)
    same(others.length, 0)
  })

  check('an id that came before is not counted again among hundreds of new ones', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    const ids = (from: number, count: number): Identity[] =>
      Array.from({ length: count }, (_, index) => ({
        id: String(1_200_000_000_000_000 + from + index),
        at: hour,
      }))
    await lane.commit({ cursor: 'a', delivered: ids(0, 250), quarantined: [] })
    await lane.commit({ cursor: 'b', delivered: [...ids(249, 230), ...ids(300, 30)], quarantined: [] })
    sameAll(await counts(state), ['0 delivered 479'])
    const known = await lane.known(ids(0, 480).map(({ id }) => id))
    same(known.size, 479)
    await lane.commit({ cursor: 'c', delivered: [{ id: 'new', at: hour }], quarantined: [] })
    sameAll(await counts(state), ['0 delivered 480'])
  })

  check('a commit over days counts each id once, and remembers the newest ids', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    const ids = Array.from({ length: 240 }, (_, index) => ({
      id: String(1_200_000_000_000_000 + index),
      at: hour + index * (hourMs / 5),
    }))
    await lane.commit({ cursor: 'a', delivered: ids.slice(0, 8), quarantined: [] })
    await lane.commit({
      cursor: 'b',
      delivered: [...ids, ...ids.slice(0, 20), { id: 'x', at: hour }],
      quarantined: [],
    })
    const found = await state.ledger('main', ...ever)
    same(
      found.reduce((sum, { count }) => sum + count, 0),
      241,
    )
    const known = await lane.known(['x', ...ids.map(({ id }) => id)])
    sameAll(
      [...known],
      ids.slice(-11).map(({ id }) => id),
    )
  })

  check('after a rewind a lane remembers what comes again, and counts it once', async (state) => {
    const claim = await state.claim('main')
    const commit = async (cursor: string, id: string, at: number): Promise<void> =>
      (await claim.lane('live', 'f')).commit({ cursor, delivered: [{ id, at }], quarantined: [] })
    await commit('a', 'newest', hour + 10 * dayMs)
    await claim.rewind('live', 'back', hour)
    await commit('b', '1', hour)
    await commit('c', '2', hour)
    await commit('d', '1', hour)
    sameAll(await (await claim.lane('live', 'f')).known(['1', '2']), new Set(['1', '2']))
    sameAll(await counts(state), ['0 delivered 2'])
  })

  check(
    'the checksum of an hour does not depend on the order, and changes if one id changes',
    async (state) => {
      const ids = Array.from({ length: 500 }, (_, index) => ({
        id: String(1_200_000_000_000_000 + index),
        at: hour,
      }))
      const sum = async (pipeline: string, set: readonly Identity[]): Promise<string> => {
        const lane = await (await state.claim(pipeline)).lane('live', 'f')
        for (let from = 0; from < set.length; from += 100) {
          await lane.commit({ cursor: 'a', delivered: set.slice(from, from + 100), quarantined: [] })
        }
        const [row] = await state.ledger(pipeline, hour, later)
        return `${row?.count} ${row?.checksum}`
      }
      const first = await sum('forwards', ids)
      same(await sum('backwards', ids.toReversed()), first)
      differ(await sum('one other', [...ids.slice(1), { id: '1200000000000999', at: hour }]), first)
    },
  )

  const contentsOf = async (state: State): Promise<unknown[]> =>
    (await state.ledger('main', hour, later)).map(({ kind, content }) => [kind, content])

  check(
    'the ledger adds up what events hold, in any order and each id once, also of quarantined ones',
    async (state) => {
      const lane = await (await state.claim('main')).lane('live', 'f')
      const large = 2 ** 32 - 1
      const [one, two, three] = [7, large, 11].map((content, index) => ({
        id: `${index}`,
        at: hour,
        content,
      }))
      const commit = { cursor: 'a', quarantined: [], contentForm: 'x' }
      await lane.commit({ ...commit, delivered: [one!, two!] })
      await lane.commit({ ...commit, delivered: [three!, one!] })
      sameAll(await contentsOf(state), [['delivered', { sum: large + 18, form: 'x' }]])
      await lane.commit({ ...commit, delivered: [], quarantined: [entry] })
      const quarantined = { sum: contentHash(entry.event), form: 'x' }
      sameAll((await contentsOf(state))[1], ['quarantined', quarantined])
    },
  )

  check('what an hour holds is not known if one of its events is not, or has another form', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    const event = (id: string) => ({ id, at: hour, content: 1 })
    const commit = { cursor: 'a', quarantined: [] }
    await lane.commit({ ...commit, contentForm: 'x', delivered: [event('1')] })
    await lane.commit({ ...commit, contentForm: 'y', delivered: [event('2')] })
    sameAll(await contentsOf(state), [['delivered', undefined]])
    await lane.commit({ ...commit, contentForm: 'x', delivered: [event('3')] })
    sameAll(await contentsOf(state), [['delivered', undefined]])
    const claim = await state.claim('other')
    const other = await claim.lane('live', 'f')
    await other.commit({ ...commit, contentForm: 'x', delivered: [{ id: '1', at: hour }, event('2')] })
    sameAll(
      (await state.ledger('other', hour, later)).map(({ content }) => content),
      [undefined],
    )
    await claim.reopen(hour, later)
    await other.commit({ ...commit, contentForm: 'y', delivered: [event('1')] })
    sameAll(
      (await state.ledger('other', hour, later)).map(({ content }) => content),
      [{ sum: 1, form: 'y' }],
    )
  })

  check('a rewind clears the hours from its time on, and their events are counted again', async (state) => {
    const claim = await state.claim('main')
    const delivered = [
      { id: '1', at: hour },
      { id: '3', at: later },
    ]
    const lane = await claim.lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    const before = await state.ledger('main', ...ever)
    await claim.rewind('live', 'x', later)
    sameAll(await counts(state), ['0 delivered 1'])
    await lane.commit({ cursor: 'b', delivered: delivered.slice(1), quarantined: [] })
    sameAll(await state.ledger('main', ...ever), before)
  })

  check('only reopened hours count from zero again', async (state) => {
    const claim = await state.claim('main')
    const lane = await claim.lane('live', 'f')
    const delivered = [
      { id: '1', at: hour },
      { id: '3', at: later },
    ]
    await lane.commit({ cursor: 'a', delivered, quarantined: [] })
    await claim.reopen(hour, later)
    sameAll(await counts(state), ['1 delivered 1'])
    await lane.commit({ cursor: 'b', delivered, quarantined: [] })
    sameAll(await counts(state), ['0 delivered 1', '1 delivered 1'])
    same(await lane.load(), 'b')
  })

  check('an event that leaves the quarantine counts as delivered', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    await lane.commit({ cursor: 'a', delivered: [{ id: '1', at: hour }], quarantined: [entry] })
    const total = async (): Promise<bigint> =>
      (await state.ledger('main', hour, later)).reduce(
        (sum, { checksum }) => BigInt.asIntN(64, sum + checksum),
        0n,
      )
    const before = await total()
    await state.discharge([1])
    const left = await counts(state)
    sameAll(
      left.filter((row) => !row.endsWith(' 0')),
      ['0 delivered 2'],
    )
    same(await total(), before)
  })

  check(
    'an entry from before a rewind takes nothing from the counts when it leaves the quarantine',
    async (state) => {
      const claim = await state.claim('main')
      const lane = await claim.lane('live', 'f')
      const uncertain = [
        { ...entry, id: '8', kind: 'uncertain' as const },
        { ...entry, id: '9', kind: 'uncertain' as const },
      ]
      await lane.commit({ cursor: 'a', delivered: [], quarantined: uncertain })
      await claim.rewind('live', 'x', hour)
      await lane.commit({ cursor: 'b', delivered: [{ id: '8', at: hour }], quarantined: uncertain.slice(1) })
      const recounted = await state.ledger('main', ...ever)
      sameAll(await counts(state), ['0 delivered 1', '0 uncertain 1'])
      await state.discharge([1, 2])
      sameAll(await state.ledger('main', ...ever), recounted)
      await state.discharge([3])
      sameAll(
        (await counts(state)).filter((row) => !row.endsWith(' 0')),
        ['0 delivered 2'],
      )
    },
  )

  check(
    'an entry of an event that was delivered already takes nothing from the counts when it leaves the quarantine',
    async (state) => {
      const lane = await (await state.claim('main')).lane('live', 'f')
      await lane.commit({ cursor: 'a', delivered: [{ id: '9', at: hour }], quarantined: [] })
      await lane.commit({ cursor: 'b', delivered: [], quarantined: [entry] })
      await state.discharge([1])
      sameAll(await counts(state), ['0 delivered 1'])
    },
  )
}
