import { asanaBackfill, asanaSource } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { login } from '../support/scripted-asana.ts'
import { simulated, type World } from '../support/simulated-world.ts'

const hour = 3_600_000

/** A log with an event at each of these ages, in hours. */
async function logOf(...ages: number[]): Promise<World> {
  const world = await simulated({ events: 0 })
  const events = ages.map((age) => login(`${age}`, new Date(world.clock.now() - age * hour).toISOString()))
  world.add(events)
  return world
}

const access = ({ workspace, url, clock }: World) => ({
  workspace,
  token: 'simulator-token',
  baseUrl: url,
  clock,
})

test('a source finds one of the newest events with a few requests, however many there are', async () => {
  await using world = await simulated({ events: 5_000, days: 80 })
  const event = await asanaSource({ ...access(world), limit: 10 }).newerThan?.(0)
  const newest = Date.parse(world.events.at(-1)?.created_at ?? '')
  const ageOf = (at: number): number => world.clock.now() - at
  expect(ageOf(Date.parse(event?.created_at ?? ''))).toBeLessThanOrEqual(ageOf(newest) * 1.1)
  expect(world.stats.requests).toBeLessThan(18)
})

test('an old one where the log has been quiet, and none where nothing is after the time asked for', async () => {
  await using world = await logOf(24 * 40, 24 * 30)
  const source = asanaSource(access(world))
  expect((await source.newerThan?.(world.clock.now() - 24 * 35 * hour))?.gid).toBe(`${24 * 30}`)
  expect(await source.newerThan?.(world.clock.now() - 24 * 30 * hour)).toBeUndefined()
  expect(await source.newerThan?.(world.clock.now())).toBeUndefined()
})

test('one that is in the time and under the filters of the source', async () => {
  await using world = await logOf(30, 20, 1)
  const until = new Date(world.clock.now() - 10 * hour).toISOString()
  expect((await asanaBackfill({ ...access(world), until }).newerThan?.(0))?.gid).toBe('20')
  const filters = { actorEmail: 'nobody@example.com' }
  expect(await asanaSource({ ...access(world), filters }).newerThan?.(0)).toBeUndefined()
})
