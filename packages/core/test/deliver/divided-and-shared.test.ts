import {
  deliverLanes,
  type Fact,
  httpClient,
  memoryState,
  type SharedReader,
  sharedPages,
} from '@asana-audit/core'
import { expect, test } from 'vitest'
import { login } from '../support/scripted-asana.ts'
import { arrivals, gidsOf, simulated, type World } from '../support/simulated-world.ts'

const dayMs = 86_400_000

interface Pipeline {
  readonly name: string
  readonly state: ReturnType<typeof memoryState>
  readonly sink: ReturnType<typeof arrivals>
}

const pipeline = (name: string): Pipeline => ({ name, state: memoryState(), sink: arrivals() })

/** One life of a pipeline, until both lanes have caught up or `until` says so. */
async function life(
  { clock, workspace, url: baseUrl }: World,
  { name, state, sink }: Pipeline,
  shared?: SharedReader,
  until?: (fact: Fact, stop: () => void) => void,
): Promise<void> {
  const stop = new AbortController()
  const own = httpClient()
  // Time stands still while a request is under way.
  const http = {
    ...own,
    exchange: (request: Parameters<typeof own.exchange>[0]) => clock.during(own.exchange(request)),
  }
  const source = { workspace, token: 'simulator-token', baseUrl, http, limit: 20, once: !until, shared }
  await deliverLanes({
    ...{ pipeline: name, state, sink, clock, source, signal: stop.signal, map: ({ gid }) => gid },
    onFact: (fact) => until?.(fact, () => stop.abort()),
  })
}

const happen = (world: World, gid: string, agoMs = 0): void =>
  world.add([login(gid, new Date(world.clock.now() - agoMs).toISOString())])

/** Runs both at the same time, the younger some seconds later. Each step happens once both have waited at the end of the log for a while. */
async function together(
  world: World,
  [older, younger]: readonly [Pipeline, Pipeline],
  steps: (() => void)[],
): Promise<void> {
  const pages = sharedPages({ clock: world.clock })
  const idle = new Map<string, number>()
  const watch =
    (name: string) =>
    ({ type }: Fact, stop: () => void): void => {
      if (type === 'idle') idle.set(name, (idle.get(name) ?? 0) + 1)
      if (Math.min(...[older, younger].map((one) => idle.get(one.name) ?? 0)) < 40) return
      const step = steps.shift()
      if (step) {
        step()
        idle.clear()
      } else stop()
    }
  await Promise.all(
    [older, younger].map(async (one, index) => {
      await world.clock.sleep(index * 3_333)
      await life(world, one, pages.reader(one.name), watch(one.name))
    }),
  )
}

test('a late event from before the start of a younger pipeline comes once, whatever offsets the older one has', async () => {
  await using world = await simulated({ events: 500, days: 30, lateEvents: 'visible' })
  const [older, younger] = [pipeline('older'), pipeline('younger')]
  await life(world, older)
  await world.clock.sleep(dayMs)
  happen(world, 'before the younger one')
  // The log of the younger one is divided at its first start, a few seconds from now.
  const start = world.clock.now()
  await together(
    world,
    [older, younger],
    [() => happen(world, 'new'), () => happen(world, 'late', world.clock.now() - start - 1_000)],
  )
  for (const { sink } of [older, younger])
    expect(sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
})

test('pipelines that began at different times deliver nothing again at their next start', async () => {
  await using world = await simulated({ events: 500, days: 30 })
  const [older, younger] = [pipeline('older'), pipeline('younger')]
  for (const one of [older, younger]) {
    await life(world, one)
    await world.clock.sleep(dayMs)
    happen(world, `after ${one.name}`)
  }
  await together(world, [older, younger], [() => happen(world, 'meanwhile')])
  await world.clock.sleep(60_000)
  happen(world, 'the last')
  for (const one of [older, younger]) {
    await life(world, one)
    expect(one.sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
  }
})
