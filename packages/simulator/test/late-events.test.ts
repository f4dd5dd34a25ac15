import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LateEvents, startSimulator } from '../src/index.ts'
import { ask, eventAt, gids, readAll } from './client.ts'

function start(lateEvents: LateEvents) {
  return startSimulator({
    now: () => Date.parse('2026-11-01T12:00:00Z'),
    lateEvents,
    events: [eventAt('2026-11-01T10:00:00.000Z', 'a'), eventAt('2026-11-01T11:00:00.000Z', 'b')],
  })
}

test('a late event is not found with a later offset, only by a read of its time', async () => {
  const simulator = await start('hidden')
  const { offset } = await readAll(simulator)
  simulator.add([eventAt('2026-11-01T10:30:00.000Z', 'late'), eventAt('2026-11-01T11:30:00.000Z', 'c')])
  expect(gids((await ask(simulator, { offset: String(offset) })).data)).toEqual(['c'])
  const byTime = await ask(simulator, { start_at: '2026-11-01T10:00:00Z' })
  expect(gids(byTime.data)).toEqual(['a', 'late', 'b', 'c'])
  await simulator.close()
})

test('with visible late events it is on the next page', async () => {
  const simulator = await start('visible')
  const { offset } = await readAll(simulator)
  simulator.add([eventAt('2026-11-01T10:30:00.000Z', 'late'), eventAt('2026-11-01T11:30:00.000Z', 'c')])
  expect(gids((await ask(simulator, { offset: String(offset) })).data)).toEqual(['late', 'c'])
  await simulator.close()
})

test('an event with exactly the time of the last one read is never lost', async () => {
  for (const lateEvents of ['hidden', 'visible'] as const) {
    const simulator = await start(lateEvents)
    const { offset } = await readAll(simulator)
    simulator.add([eventAt('2026-11-01T11:00:00.000Z', 'twin')])
    expect(gids((await ask(simulator, { offset: String(offset) })).data)).toEqual(['twin'])
    await simulator.close()
  }
})

test('with visible late events, following offsets gives each event exactly once', async () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(minutes, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (waves, limit) => {
        const simulator = await start('visible')
        const read: string[] = []
        let offset: string | undefined
        let number = 0
        for (const wave of [...waves, [], ...Array.from({ length: 60 }, () => [])]) {
          simulator.add(
            wave.map((minute) =>
              eventAt(`2026-11-01T10:${String(minute).padStart(2, '0')}:00.000Z`, `${number++}`),
            ),
          )
          const reply = await ask(simulator, offset === undefined ? { limit } : { limit, offset })
          offset = reply.next?.offset ?? offset
          read.push(...gids(reply.data))
        }
        expect(read).toHaveLength(number + 2)
        expect(new Set(read)).toEqual(new Set(gids(simulator.events)))
        await simulator.close()
      },
    ),
    { numRuns: 60 },
  )
})
