import {
  partialDeepStrictEqual as holds,
  rejects,
  strictEqual as same,
  deepStrictEqual as sameAll,
} from 'node:assert'
import type { State } from '../contract.ts'
import { dayMs, hourMs } from '../duration.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { askedContract } from './asked-contract.ts'
import type { ContractTest } from './contract-test.ts'
import { ledgerContract } from './ledger-contract.ts'
import { quarantineContract } from './quarantine-contract.ts'
import { rewindContract } from './rewind-contract.ts'

const at = Date.parse('2026-02-01T10:00:00Z')
const entry: QuarantineEntry = {
  kind: 'rejected',
  id: '9',
  code: 'bad_data',
  reason: 'no',
  event: { gid: '9', created_at: '2026-02-01T10:00:00Z', name: 'Zoë 🚀' },
}

/** Tests of what `deliver` and the commands require of a state. `open` is called once for each test and gives an empty state. */
export function stateContract(test: ContractTest, open: () => State | Promise<State>): void {
  const check = (name: string, body: (state: State) => Promise<void>): void => {
    test(`in a state, ${name}`, async () => {
      const state = await open()
      try {
        await body(state)
      } finally {
        await state.close()
      }
    })
  }

  check('a new lane has no cursor, and load returns the cursor of the last commit', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    same(await lane.load(), undefined)
    await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [] })
    await lane.commit({ cursor: 'b', delivered: [{ id: '2', at }], quarantined: [] })
    same(await lane.load(), 'b')
  })

  check(
    'a lane says whose request brought its last page, until its own request does or a rewind',
    async (state) => {
      const claim = await state.claim('main')
      const lane = await claim.lane('live', 'f')
      const readBy = async (): Promise<unknown> => (await state.lanes()).map((row) => row.readBy)
      await lane.commit({ cursor: 'a', readBy: 'other', delivered: [{ id: '1', at }], quarantined: [] })
      sameAll(await readBy(), ['other'])
      await lane.commit({ cursor: 'b', readBy: 'third', delivered: [], quarantined: [] })
      sameAll(await readBy(), ['third'])
      await lane.commit({ cursor: 'c', delivered: [], quarantined: [] })
      sameAll(await readBy(), [undefined])
      await lane.commit({ cursor: 'd', readBy: 'other', delivered: [], quarantined: [] })
      await claim.rewind('live', 'back', at)
      sameAll(await readBy(), [undefined])
    },
  )

  check('a lane is found by the next runner', async (state) => {
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({
      cursor: 'a',
      delivered: [{ id: '1', at }],
      quarantined: [],
    })
    await claim.release()
    const lane = await (await state.claim('main')).lane('live', 'f')
    same(await lane.load(), 'a')
    sameAll(await lane.known(['1', '2']), new Set(['1']))
  })

  check(
    'delivered and quarantined ids are known in all lanes of the pipeline, and in no other pipeline',
    async (state) => {
      const claim = await state.claim('main')
      const live = await claim.lane('live', 'f')
      const long = 'x'.repeat(500)
      const delivered = ['1', long].map((id) => ({ id, at }))
      await live.commit({ cursor: 'a', delivered, quarantined: [entry] })
      const other = await (await state.claim('other')).lane('live', 'f')
      const backlog = await claim.lane('backlog', 'f')
      sameAll(await backlog.known(['1', '2', '9', long]), new Set(['1', '9', long]))
      sameAll(await other.known(['1']), new Set())
    },
  )

  check(
    'ids are forgotten by event time, and an event from the future makes no id forgotten',
    async (state) => {
      const lane = await (await state.claim('main')).lane('live', 'f')
      const future = { id: 'future', at: Date.parse('9999-01-01T00:00:00Z') }
      await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }, future], quarantined: [] })
      sameAll(await lane.known(['1']), new Set(['1']))
      const years = { id: '2', at: at + 100 * dayMs }
      await lane.commit({ cursor: 'b', delivered: [years], quarantined: [] })
      sameAll(await lane.known(['1', '2']), new Set(['2']))
    },
  )

  check(
    'a lane forgets its own ids and those of dropped lanes, but not those of a lane that is behind',
    async (state) => {
      const claim = await state.claim('main')
      const [live, backlog, repair] = await Promise.all(
        ['live', 'backlog', 'repair'].map((name) => claim.lane(name, 'f')),
      )
      const delivered = (id: string, when: number) => ({
        cursor: 'a',
        delivered: [{ id, at: when }],
        quarantined: [],
      })
      await backlog?.commit(delivered('1', at))
      await repair?.commit(delivered('2', at))
      await claim.drop('repair')
      await live?.commit(delivered('3', at + 100 * dayMs))
      sameAll(await live?.known(['1', '2', '3']), new Set(['1', '3']))
    },
  )

  check('an event without a time makes no id forgotten', async (state) => {
    const lane = await (await state.claim('main')).lane('live', 'f')
    const timeless = { ...entry, id: '10', event: 'not even an object' }
    await lane.commit({ cursor: 'a', delivered: [{ id: '1', at }], quarantined: [timeless] })
    await lane.commit({ cursor: 'b', delivered: [{ id: '2', at }], quarantined: [] })
    sameAll(await lane.known(['1', '2', '10']), new Set(['1', '2', '10']))
  })

  check('a lane is refused with other filters than those of its cursor', async (state) => {
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [] })
    await rejects(claim.lane('live', 'g'), { fault: 'fatal', code: 'filters_changed' })
  })

  check(
    'a pipeline counts rejected events since its destination last accepted one, over all its lanes',
    async (state) => {
      const claim = await state.claim('main')
      const lane = await claim.lane('live', 'f')
      if (!lane.acceptance) return
      const commit = async (delivered: number, quarantined: readonly QuarantineEntry[]): Promise<void> =>
        lane.commit({ cursor: 'a', delivered: [{ id: '1', at }].slice(0, delivered), quarantined })
      holds(await lane.acceptance(), { delivered: 0, rejectedSince: 0 })
      await commit(0, [entry])
      await commit(0, [
        { ...entry, id: '10' },
        { ...entry, id: '11', kind: 'malformed' },
      ])
      holds(await lane.acceptance(), { delivered: 0, rejectedSince: 2 })
      await commit(1, [{ ...entry, id: '12' }])
      holds(await lane.acceptance(), { delivered: 1, rejectedSince: 0 })
      await commit(0, [{ ...entry, id: '13' }])
      const other = await claim.lane('backlog', 'f')
      holds(await other.acceptance?.(), { delivered: 1, rejectedSince: 1 })
      await other.commit({ cursor: 'b', delivered: [], quarantined: [{ ...entry, id: '14' }] })
      holds(await lane.acceptance(), { delivered: 1, rejectedSince: 2 })
      await other.commit({ cursor: 'c', delivered: [{ id: '2', at }], quarantined: [] })
      holds(await lane.acceptance(), { delivered: 2, rejectedSince: 0 })
      await commit(0, [{ ...entry, id: '15' }])
      await claim.release()
      const next = await (await state.claim('main')).lane('live', 'f')
      holds(await next.acceptance?.(), { delivered: 2, rejectedSince: 1 })
    },
  )

  check('a lane can be dropped', async (state) => {
    const claim = await state.claim('main')
    await (await claim.lane('repair', 'f')).commit({ cursor: 'a', delivered: [], quarantined: [] })
    await claim.drop('repair')
    sameAll(await state.lanes(), [])
  })

  check(
    'a forgotten pipeline leaves nothing behind, begins anew, and the others keep all they have',
    async (state) => {
      const commit = { cursor: 'a', delivered: [{ id: '1', at }], quarantined: [entry] }
      const claims = [await state.claim('main'), await state.claim('other')] as const
      for (const claim of claims) {
        await claim.start(at)
        await (await claim.lane('live', 'f')).commit(commit)
        // Something was delivered before.
        await claim.rewind('backlog', 'b', at)
        await (await claim.lane('live', 'f')).commit(commit)
      }
      const [main] = claims
      await main.forget()
      await main.release()
      sameAll(new Set((await state.lanes()).map(({ pipeline }) => pipeline)), new Set(['other']))
      sameAll(
        (await state.pipelines()).map(({ pipeline }) => pipeline),
        ['other'],
      )
      sameAll(new Set((await state.quarantineCounts()).map(({ pipeline }) => pipeline)), new Set(['other']))
      sameAll(await state.ledger('main', at, at + hourMs), [])
      same((await state.ledger('other', at, at + hourMs)).length > 0, true)
      const again = await (await state.claim('main')).lane('live', 'another filter')
      same(await again.load(), undefined)
      sameAll(await again.known(['1', '9']), new Set())
      sameAll((await again.deliveredBefore?.()) ?? [], [])
      holds((await again.acceptance?.()) ?? {}, again.acceptance ? { delivered: 0, rejectedSince: 0 } : {})
      const other = await claims[1].lane('live', 'f')
      sameAll(await other.known(['1', '9']), new Set(['1', '9']))
    },
  )

  check('a pipeline has one runner at a time, and can have another after a release', async (state) => {
    const claim = await state.claim('main')
    await rejects(state.claim('main'), { fault: 'fatal', code: 'already_running' })
    await claim.release()
    await (await state.claim('main')).release()
  })

  rewindContract(check, { entry, at })
  quarantineContract(check, { entry, at })
  ledgerContract(check, { entry, hour: at })
  askedContract(check, at)
}
