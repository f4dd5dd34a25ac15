import { type Claim, type Commit, fault, memoryState } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { type TrailingClaimOptions, trailingClaim } from '../src/index.ts'

const trailMs = 30_000
const commit = (number: number): Commit => ({
  cursor: `c${number}`,
  delivered: [{ id: `e${number}`, at: number }],
  quarantined: [],
})

async function scene(changes: Partial<TrailingClaimOptions> = {}, wrap = (claim: Claim): Claim => claim) {
  const clock = autoClock()
  const state = memoryState()
  const claim = await state.claim('p')
  const faults: string[] = []
  const trailing = trailingClaim(wrap(claim), {
    ...{ trailMs, clock, flowingSince: () => 0, onFault: ({ code }) => faults.push(code) },
    signal: new AbortController().signal,
    ...changes,
  })
  const lane = await trailing.lane('live', 'f')
  const saved = async (): Promise<string | undefined> => (await state.lanes())[0]?.cursor
  return { clock, state, trailing, lane, saved, faults }
}

test('the position follows a commit after the trail, not before', async () => {
  const { clock, lane, saved } = await scene()
  await lane.commit(commit(1))
  await clock.sleep(20_000)
  await lane.commit(commit(2))
  expect(await saved()).toBeUndefined()
  await clock.sleep(10_001)
  expect(await saved()).toBe('c1')
  await clock.sleep(20_000)
  expect(await saved()).toBe('c2')
})

test('what is not due when it is released was never committed', async () => {
  const { clock, lane, saved, trailing } = await scene()
  await lane.commit(commit(1))
  await clock.sleep(30_001)
  await lane.commit(commit(2))
  await trailing.release()
  await clock.sleep(100_000)
  expect(await saved()).toBe('c1')
})

test('while splunkd does not read, nothing becomes due; then the trail begins again', async () => {
  let flowing = 0
  const { clock, lane, saved } = await scene({ flowingSince: () => flowing })
  await lane.commit(commit(1))
  flowing = Number.POSITIVE_INFINITY
  await clock.sleep(300_000)
  expect(await saved()).toBeUndefined()
  flowing = clock.now()
  await clock.sleep(29_000)
  expect(await saved()).toBeUndefined()
  await clock.sleep(2_001)
  expect(await saved()).toBe('c1')
})

test('ids that wait are known, so that a re-read does not send them again', async () => {
  const { clock, lane } = await scene()
  await lane.commit(commit(1))
  expect(await lane.known(['e1', 'e2'])).toEqual(new Set(['e1']))
  await clock.sleep(30_001)
  expect(await lane.known(['e1', 'e2'])).toEqual(new Set(['e1']))
})

test('so many events wait at most: then a commit waits for the oldest', async () => {
  const { clock, lane, saved } = await scene({ most: 2 })
  const start = clock.now()
  await lane.commit(commit(1))
  await lane.commit(commit(2))
  expect(clock.now()).toBe(start)
  await lane.commit(commit(3))
  expect(clock.now()).toBe(start + trailMs)
  expect(await saved()).toBe('c2')
})

test('a stop does not wait until splunkd reads again, and what waits then was never committed', async () => {
  const stop = new AbortController()
  const flowingSince = (): number => Number.POSITIVE_INFINITY
  const { lane, saved, trailing } = await scene({ most: 1, flowingSince, signal: stop.signal })
  await lane.commit(commit(1))
  const waits = lane.commit(commit(2))
  stop.abort(new Error('stop'))
  await waits
  await trailing.release()
  expect(await saved()).toBeUndefined()
})

test('changes of the claim keep their place behind commits that wait', async () => {
  const { clock, lane, trailing, state } = await scene()
  await lane.commit(commit(1))
  await trailing.rewind('live', 'back', 0)
  expect(await state.lanes()).toEqual([])
  await clock.sleep(30_001)
  expect((await state.lanes())[0]?.cursor).toBe('back')
})

test('a state that cannot be written is said once, tried again, and stops the next commit', async () => {
  let isFull = true
  const full = (claim: Claim): Claim => ({
    ...claim,
    async lane(name, fingerprint) {
      const lane = await claim.lane(name, fingerprint)
      return {
        ...lane,
        async commit(one) {
          if (isFull) throw fault({ fault: 'fatal', code: 'disk_full', message: 'The disk is full.' })
          await lane.commit(one)
        },
      }
    },
  })
  const { clock, lane, saved, faults } = await scene({}, full)
  await lane.commit(commit(1))
  await clock.sleep(60_000)
  // Not with each try, which is once a second.
  expect(faults).toEqual(['disk_full'])
  await expect(lane.commit(commit(2))).rejects.toMatchObject({ code: 'disk_full' })
  isFull = false
  await lane.commit(commit(2))
  expect(await saved()).toBe('c1')
  await clock.sleep(31_001)
  expect(await saved()).toBe('c2')
})
