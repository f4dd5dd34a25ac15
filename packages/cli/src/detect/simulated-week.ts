import { generateEvents, type StoryName } from '@asana-audit/simulator'
import { dayMs } from '../duration.ts'
import type { EventReader } from '../input/reader/reading.ts'

export interface SimulatedWeek {
  readonly seed: number
  readonly stories: readonly StoryName[]
}

const week = 7 * dayMs
const count = 3_000

/** The last week of sixty invented people, with attacks among their events. */
export function simulatedWeek({ seed, stories }: SimulatedWeek): EventReader {
  return {
    async *read(_, reading) {
      const until = Date.now()
      const options = { count, from: until - week, until, mix: 'everyday', seed, stories } as const
      for (const event of generateEvents(options)) {
        reading.events += 1
        reading.at = event.created_at
        yield event
      }
    },
    async close() {},
  }
}
