import type { Case, Leg } from '../case.ts'
import { floorRow, row, type Scale } from './row.ts'

/** How the cost grows with the input. */
export function growthLeg(scale: Scale): Leg {
  const rounds = scale.quick ? 1 : 3
  const one = (name: string, more: Partial<Case>): Case =>
    row(scale, { rounds, variant: 'whole-ours', kind: 'ours', ...more, name })
  const events = scale.events / 2
  const cases = [floorRow(scale, 'gzip', { name: 'floor', rounds })]
  const some = <T>(all: readonly T[]): readonly T[] => (scale.quick ? all.slice(-2) : all)
  for (const times of some([1, 2, 4, 8]))
    cases.push(one(`${events * times} events`, { events: events * times }))
  for (const destinations of some([1, 2, 3]))
    cases.push(
      one(`${destinations} ${destinations === 1 ? 'destination' : 'destinations'}`, {
        events,
        options: { destinations },
      }),
    )
  for (const limit of some([100, 250, 500, 1000]))
    cases.push(one(`${limit} events a page`, { events: events / 2, options: { limit } }))
  for (const latencyMs of some([0, 20, 50, 100, 200])) {
    const pages = scale.quick ? 10 : 40
    cases.push(one(`${latencyMs} ms from Asana`, { events: pages * 1000, rounds: 1, asana: { latencyMs } }))
  }
  for (const latencyMs of some([0, 20, 50, 100, 200])) {
    const pages = scale.quick ? 20 : 60
    cases.push(
      one(`${latencyMs} ms to the receiver`, { events: pages * 1000, rounds: 1, receiver: { latencyMs } }),
    )
  }
  return {
    name: 'growth',
    title: 'How cost grows',
    about:
      'Ours as a whole, to OTLP with its defaults. Events are counted once, however many destinations they go to.',
    cases,
  }
}
