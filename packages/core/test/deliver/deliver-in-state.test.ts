import { asanaSource, deliver, deliverLanes, memoryState } from '@asana-audit/core'
import { hourOf } from '@asana-audit/core/ledger'
import { expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { destination, events, gids, sourceOf } from '../support/scripted-delivery.ts'
import { simulated } from '../support/simulated-world.ts'

const map = ({ gid }: { gid: string }): string => gid

test('a pipeline of a state goes on where its last run ended', async () => {
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

test('a source with other filters is refused: a cursor is valid only with its own', async () => {
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

test('what a source was asked for is noted once, from its start on, so that it can be verified', async () => {
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
