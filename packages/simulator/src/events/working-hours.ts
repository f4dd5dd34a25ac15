import { hour } from '../duration.ts'
import type { Random } from './random.ts'

/** How busy each hour of a working day is, midnight first: 1 is the busiest. */
const busy = [
  0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.2, 0.6, 1, 1, 0.9, 0.6, 0.7, 0.9, 0.9, 0.8, 0.5, 0.2, 0.1, 0.08,
  0.06, 0.03, 0.02,
]

/** How much of a working day's activity a weekend day has. */
const weekend = 0.06

/**
 * An instant in [from, until), in whole milliseconds, that people `utcOffset` hours ahead of UTC would choose: most in
 * the middle of the morning and of the afternoon, few at night and at weekends. Ends even where only a night is left.
 * Without an offset: at any time, as machines and strangers do.
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
