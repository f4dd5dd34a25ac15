import {
  asanaSource,
  type Claim,
  deliver,
  deliverLanes,
  type Fact,
  fault,
  memoryState,
  type State,
} from '@asana-audit/core'
import { hourOf } from '@asana-audit/core/ledger'
import { expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { faultOf } from '../support/fault-of.ts'
import { destination, event, events, gids, sourceOf } from '../support/scripted-delivery.ts'
import { simulated } from '../support/simulated-world.ts'

const map = ({ gid }: { gid: string }): string => gid

test('a pipeline in a state resumes where its last run ended', async () => {
  const state = memoryState()
  const first = destination()
  await deliver({ pipeline: 'acme', state, source: sourceOf(events(20)), map, sink: first })
  const second = destination()
  await deliver({ pipeline: 'acme', state, source: sourceOf(events(25)), map, sink: second })
  expect(first.accepted).toEqual(gids(events(20)))
  expect(second.accepted).toEqual(gids(events(5, 21)))
})

test('a pipeline is claimed while it runs and released when it ends, also by a fault', async () => {
  const state = memoryState()
  const broken = { write: async () => Promise.reject(new Error('broken')) }
  const source = {
    ...sourceOf(events(1)),
    async *read() {
      yield* []
      throw await faultOf(
        deliver({ pipeline: 'acme', state, source: sourceOf(events(1)), map, sink: broken }),
      )
    },
  }
  const run = deliver({ pipeline: 'acme', state, source, map, sink: broken, onFatal: 'reject' })
  expect(await faultOf(run)).toMatchObject({ code: 'already_running' })
  await using claim = await state.claim('acme')
  expect(claim).toBeDefined()
})

test('a source with other filters is refused, because a cursor is valid only with its own filters', async () => {
  const state = memoryState()
  const sink = destination()
  const source = { ...sourceOf(events(10)), fingerprint: 'a' }
  await deliver({ pipeline: 'acme', state, source, map, sink })
  const other = deliver({ pipeline: 'acme', state, source: { ...source, fingerprint: 'b' }, map, sink })
  expect(await faultOf(other)).toMatchObject({ code: 'filters_changed' })
})

test('a source whose start cannot be read is refused before anything is delivered', async () => {
  const sink = destination()
  const source = { ...sourceOf(events(10)), since: 'yesterday' }
  const found = await faultOf(deliver({ pipeline: 'acme', state: memoryState(), source, map, sink }))
  expect(found).toMatchObject({ fault: 'fatal', code: 'source_contract' })
  expect(found.message).toContain('The source has the `since` "yesterday"')
  expect(sink.accepted).toEqual([])
})

test('the time from the start of a source on is recorded once, so that it can be verified', async () => {
  await using world = await simulated()
  const state = memoryState()
  const since = new Date(hourOf(world.clock.now()) - 3_600_000).toISOString()
  const access = { workspace: world.workspace, token: 'simulator-token', baseUrl: world.url }
  const run = (from: string) => {
    const source = asanaSource({ ...access, since: from, once: true, settledWindowMs: 0, clock: world.clock })
    return deliver({ pipeline: 'acme', state, source, map, sink: destination(), clock: world.clock })
  }
  await run(since)
  const [asked] = await state.pipelines()
  expect(asked?.asked).toMatchObject([{ from: Date.parse(since) }])
})

test('deliverLanes claims and releases a pipeline of a state', async () => {
  await using world = await simulated()
  const state = memoryState()
  const access = { workspace: world.workspace, token: 'simulator-token', baseUrl: world.url, once: true }
  const sink = destination()
  const { clock } = world
  await deliverLanes({ pipeline: 'acme', state, source: access, map, sink, clock })
  expect((await state.lanes()).map(({ pipeline }) => pipeline)).toContain('acme')
  await using claim = await state.claim('acme')
  expect(claim).toBeDefined()
})

/** A state whose claims differ in some methods. */
function stateWith(change: (claim: Claim) => Partial<Claim>): State {
  const state = memoryState()
  return {
    ...state,
    claim: async (pipeline) => {
      const claim = await state.claim(pipeline)
      return { ...claim, ...change(claim) }
    },
  }
}

test('a claim that cannot be released does not hide the fault of the delivery', async () => {
  const state = stateWith(() => ({ release: async () => Promise.reject(new Error('not released')) }))
  const source = { ...sourceOf(events(1)), fingerprint: 'a' }
  const wrong = { ...sourceOf([{ ...event(1), created_at: 'soon' }]) }
  const sink = destination()
  expect(await faultOf(deliver({ pipeline: 'a', state, source: wrong, map, sink }))).toMatchObject({
    code: 'source_contract',
  })
  const ended = deliver({ pipeline: 'b', state, source, map, sink })
  await expect(ended).rejects.toThrow('not released')
})

test('delivery waits for a state that is busy at the start', async () => {
  let times = 0
  const busyAtFirst = async <T>(work: () => Promise<T>): Promise<T> => {
    times += 1
    if (times % 2 === 1) throw fault({ fault: 'temporary', code: 'state_busy', message: 'It is locked.' })
    return work()
  }
  const state = stateWith((claim) => ({
    lane: (name, fingerprint) => busyAtFirst(() => claim.lane(name, fingerprint)),
    start: (from) => busyAtFirst(() => claim.start(from)),
  }))
  const facts: Fact[] = []
  const sink = destination()
  const more = { clock: autoClock(), onFact: (fact: Fact) => facts.push(fact) }
  await deliver({ pipeline: 'acme', state, source: sourceOf(events(3)), map, sink, ...more })
  expect(sink.accepted).toEqual(gids(events(3)))
  expect(facts.filter(({ type }) => type === 'retrying')).toHaveLength(2)
})

test('a stop before the start delivers nothing and does not fail', async () => {
  const state = memoryState()
  const sink = destination()
  const signal = AbortSignal.abort(new Error('stop'))
  const ended = await deliver({ pipeline: 'acme', state, source: sourceOf(events(3)), map, sink, signal })
  expect(ended).toEqual({ delivered: 0, quarantined: 0, repeats: 0 })
  await using claim = await state.claim('acme')
  expect(claim).toBeDefined()
})
