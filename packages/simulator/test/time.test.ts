import { expect, test } from 'vitest'
import { startSimulator } from '../src/index.ts'
import { ask, eventAt, gids } from './client.ts'

const noon = '2026-11-01T12:00:00.000Z'
const day = 86_400_000

test('start_at is inclusive, end_at is exclusive', async () => {
  const simulator = await startSimulator({
    now: () => Date.parse(noon),
    events: [
      eventAt('2026-11-01T09:59:59.999Z', 'before'),
      eventAt('2026-11-01T10:00:00.000Z', 'at start'),
      eventAt('2026-11-01T10:59:59.999Z', 'inside'),
      eventAt('2026-11-01T11:00:00.000Z', 'at end'),
    ],
  })
  const window = { start_at: '2026-11-01T11:00:00+01:00', end_at: '2026-11-01T11:00:00Z' }
  expect(gids((await ask(simulator, window)).data)).toEqual(['at start', 'inside'])
  expect(gids((await ask(simulator, { start_at: '2026-11-01T10:59:59.9991Z' })).data)).toEqual(['at end'])
  await simulator.close()
})

test('events are deleted after ninety days, also for a reader with a valid offset', async () => {
  let clock = Date.parse(noon)
  const simulator = await startSimulator({
    now: () => clock,
    offsetTtlMs: Infinity,
    events: [eventAt('2026-11-01T10:00:00.000Z', 'a'), eventAt('2026-11-01T11:00:00.000Z', 'b')],
  })
  const { next } = await ask(simulator, { limit: 1, event_type: 'no_such_type' })
  expect(next).toBeNull()
  const start = String((await ask(simulator, { limit: 1 })).next?.offset)
  clock = Date.parse('2026-11-01T10:00:00.000Z') + 90 * day
  expect(gids(simulator.events)).toEqual(['a', 'b'])
  clock += 1
  expect(gids(simulator.events)).toEqual(['b'])
  expect(gids((await ask(simulator)).data)).toEqual(['b'])
  clock = Date.parse('2026-11-01T11:00:00.001Z') + 90 * day
  const gone = await ask(simulator, { limit: 1, offset: start })
  expect(gone.data).toEqual([])
  const fresh = await ask(simulator)
  expect(fresh.data).toEqual([])
  expect(fresh.next, 'something has matched once').not.toBeNull()
  await simulator.close()
})

test('the Date header follows the clock of the simulator', async () => {
  const simulator = await startSimulator({ events: 0, now: () => Date.parse(noon) })
  expect((await ask(simulator)).headers.get('date')).toBe('Sun, 01 Nov 2026 12:00:00 GMT')
  await simulator.close()
})
