import { type Claim, deliverLanes, type Lane, memoryState } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { arrivals, gidsOf, simulated, type World } from '../support/simulated-world.ts'

type Step = () => void

/** `step` runs before each call of the state. */
const watched = (claim: Claim, step: Step): Claim => ({
  ...claim,
  async lane(...row) {
    step()
    return watchedLane(await claim.lane(...row), step)
  },
  async start(from) {
    step()
    return claim.start(from)
  },
  async rewind(...row) {
    step()
    return claim.rewind(...row)
  },
})

const watchedLane = (lane: Lane, step: Step): Lane => ({
  ...lane,
  async load() {
    step()
    return lane.load()
  },
  async commit(commit) {
    step()
    return lane.commit(commit)
  },
})

test('a stop at any call of the state ends both lanes without an error, and the next run delivers the rest once', async () => {
  await using world = await simulated({ events: 500, days: 30 })
  let calls = 0
  for (let stopAt = 1; stopAt === 1 || calls >= stopAt - 1; stopAt += 1) {
    const state = memoryState()
    const sink = arrivals()
    const stop = new AbortController()
    calls = 0
    const step: Step = () => {
      calls += 1
      if (calls === stopAt) stop.abort()
    }
    await life(world, watched(await state.claim('test'), step), sink, stop.signal)
    await life(world, await state.claim('test'), sink)
    expect(sink.gids.toSorted(), `stopped at call ${stopAt}`).toEqual(gidsOf(world.events).toSorted())
  }
  // The division, both lanes and their commits.
  expect(calls).toBeGreaterThan(10)
})

async function life(
  { clock, workspace, url: baseUrl }: World,
  claim: Claim,
  sink: ReturnType<typeof arrivals>,
  signal?: AbortSignal,
): Promise<void> {
  const source = { workspace, token: 'simulator-token', baseUrl, limit: 20, once: true }
  await deliverLanes({ claim, sink, clock, source, signal, map: ({ gid }: AuditLogEvent) => gid })
  await claim.release()
}
