import { hour } from '../duration.ts'
import type { Random } from '../organisation/random.ts'

/** The activity in each hour of a working day, midnight first: 1 is the busiest. */
const busy = [
  0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.2, 0.6, 1, 1, 0.9, 0.6, 0.7, 0.9, 0.9, 0.8, 0.5, 0.2, 0.1, 0.08,
  0.06, 0.03, 0.02,
]

/** The activity of a weekend day, relative to a working day. */
const weekend = 0.06

/**
 * An instant in [from, until), in whole milliseconds, at which people `utcOffset` hours ahead of UTC work: mostly in
 * the middle of the morning and of the afternoon, rarely at night and at weekends. Terminates even if the range is
 * only a night. Without an offset: any time, as for machines and strangers.
 */
export function workingTime(
  random: Random,
  utcOffset: number | undefined,
  from: number,
  until: number,
): number {
  let at = from
  for (let attempt = 0; attempt < 100; attempt++) {
    at = Math.floor(from + random.fraction() * (until - from))
    if (utcOffset === undefined) break
    const local = new Date(at + utcOffset * hour)
    const isWeekend = local.getUTCDay() === 0 || local.getUTCDay() === 6
    const activity = (busy[local.getUTCHours()] ?? 0) * (isWeekend ? weekend : 1)
    if (random.chance(activity)) break
  }
  return at
}
