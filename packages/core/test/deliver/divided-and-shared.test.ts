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

const happenNow = (world: World, gid: string): void =>
  world.add([login(gid, new Date(world.clock.now()).toISOString())])

test('a pipeline that goes on from the end that an older one found delivers nothing again at its next start', async () => {
  await using world = await simulated({ events: 500, days: 30 })
  const [older, younger] = [pipeline('older'), pipeline('younger')]
  await life(world, older)
  await world.clock.sleep(dayMs)
  happenNow(world, 'before the younger one')
  // Its log is divided a day later.
  await life(world, younger)
  await world.clock.sleep(dayMs)
  happenNow(world, 'since then')

  const pages = sharedPages({ clock: world.clock })
  const idle = new Map<string, number>()
  const untilBothWait =
    (name: string) =>
    ({ type }: Fact, stop: () => void): void => {
      if (type === 'idle') idle.set(name, (idle.get(name) ?? 0) + 1)
      if (Math.min(...[older, younger].map((one) => idle.get(one.name) ?? 0)) > 5) stop()
    }
  await Promise.all(
    [older, younger].map(async (one, index) => {
      await world.clock.sleep(index * 3_333)
      await life(world, one, pages.reader(one.name), untilBothWait(one.name))
    }),
  )
  const live = (await younger.state.lanes()).find(({ lane }) => lane === 'live')
  const { startAt, begunAt } = JSON.parse(live?.cursor ?? '{}')
  expect(Date.parse(startAt), 'its offset is that of the older one').toBeLessThan(Date.parse(begunAt))
  await world.clock.sleep(60_000)
  happenNow(world, 'the last')
  await life(world, younger)
  expect(younger.sink.gids.toSorted()).toEqual(gidsOf(world.events).toSorted())
})
