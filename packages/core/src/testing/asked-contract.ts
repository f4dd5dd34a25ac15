import { deepStrictEqual as sameAll } from 'node:assert'
import type { State } from '../contract.ts'
import { hourMs } from '../duration.ts'
import { openEnd } from '../state/hour-spans.ts'

/** The part of `stateContract` about the time that pipelines were asked to deliver. `hour` is the start of an hour. */
export function askedContract(
  check: (name: string, body: (state: State) => Promise<void>) => void,
  hour: number,
): void {
  /** What was asked for, in hours after `hour`; `x` means no end. */
  async function asked(state: State): Promise<string[]> {
    const [main] = (await state.pipelines()).filter(({ pipeline }) => pipeline === 'main')
    const text = (at: number): string => (at === openEnd ? 'x' : String((at - hour) / hourMs))
    return (main?.asked ?? []).map(({ from, until }) => `${text(from)} to ${text(until)}`)
  }
  const at = (hours: number): number => hour + hours * hourMs

  check('a pipeline exists from its first claim on', async (state) => {
    sameAll(await state.pipelines(), [])
    await (await state.claim('main')).release()
    sameAll(await state.pipelines(), [{ pipeline: 'main', asked: [] }])
    sameAll(await state.lanes(), [])
  })

  check('a pipeline is asked for everything after the hour in which it starts', async (state) => {
    const claim = await state.claim('main')
    await claim.start(at(3))
    sameAll(await asked(state), ['3 to x'])
    await claim.start(at(4.5))
    sameAll(await asked(state), ['5 to x'])
  })

  check('a start keeps what was asked for before, except its own hour', async (state) => {
    const claim = await state.claim('main')
    await claim.reopen(at(0), at(2))
    await claim.reopen(at(4), at(7))
    await claim.start(at(5.5))
    sameAll(await asked(state), ['0 to 2', '4 to 5', '6 to x'])
  })

  check('a start counts again from zero what is delivered after it', async (state) => {
    const claim = await state.claim('main')
    const delivered = [0.2, 1.2, 1.7, 2.2].map((hours) => ({ id: String(hours), at: at(hours) }))
    await (await claim.lane('backfill', 'f')).commit({ cursor: 'a', delivered, quarantined: [] })
    await claim.start(at(1.5))
    const ledger = await state.ledger('main', 0, openEnd)
    sameAll(
      ledger.map((row) => [(row.hour - hour) / hourMs, row.count]),
      [
        [0, 1],
        [1, 2],
      ],
    )
  })

  check(
    'a repair or a backfill adds its whole hours, and a rewind everything from its time on',
    async (state) => {
      const claim = await state.claim('main')
      await claim.start(at(9))
      await claim.reopen(at(1), at(3.5))
      sameAll(await asked(state), ['1 to 3', '9 to x'])
      await claim.reopen(at(3), at(5))
      sameAll(await asked(state), ['1 to 5', '9 to x'])
      await claim.rewind('live', 'a', at(7))
      sameAll(await asked(state), ['1 to 5', '7 to x'])
      await claim.rewind('live', 'b', openEnd)
      sameAll(await asked(state), ['1 to 5', '7 to x'])
    },
  )

  check(
    'a lane says of what time its pipeline delivered something, before it was told to deliver it again',
    async (state) => {
      const claim = await state.claim('main')
      const lane = await claim.lane('live', 'f')
      const deliver = async (...hours: readonly number[]): Promise<void> => {
        const delivered = hours.map((one) => ({ id: String(one), at: at(one) }))
        await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered, quarantined: [] })
      }
      const before = async (): Promise<unknown> =>
        (await lane.deliveredBefore?.())?.map(({ from, until }) => [from - hour, until - hour])
      sameAll(await before(), [])
      await deliver(0.2, 1.5, 3.5)
      sameAll(await before(), [])
      await claim.rewind('live', 'back', at(1))
      const afterRewind = [
        [hourMs, 2 * hourMs],
        [3 * hourMs, 3.5 * hourMs + 1],
      ]
      sameAll(await before(), afterRewind)
      await deliver(1.5)
      await claim.reopen(at(1), at(2))
      sameAll(await before(), afterRewind)
      await claim.start(at(0))
      sameAll(await before(), [[0, 2 * hourMs], ...afterRewind.slice(1)])
    },
  )
}
