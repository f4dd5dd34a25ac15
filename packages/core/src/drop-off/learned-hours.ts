import { dayMs, hourMs, minuteMs } from '../duration.ts'
import type { HourSpan, LedgerHour } from '../ledger-hour.ts'

/** How many events each hour of the week usually brings. */
export interface LearnedHours {
  /** Events that usually come in `[from, until)`, milliseconds since 1970. A part of an hour counts in proportion. */
  expectedIn(from: number, until: number): number
}

/** What the calendar of the people who cause the events looks like. */
export interface Calendar {
  /**
   * Minutes ahead of UTC at a moment (milliseconds since 1970), so that summer time does not move the hours of the week.
   * @default UTC
   */
  readonly offsetAt?: ((at: number) => number) | undefined
  /**
   * Whether few events are expected in this hour (milliseconds since 1970), as on a holiday. Nothing is expected in it and nothing is
   * learned from it.
   * @default never
   */
  readonly isQuiet?: ((hour: number) => boolean) | undefined
}

export interface LearnOptions extends Calendar {
  /** The hours from when on the ledger counts everything, milliseconds since 1970. */
  readonly countedFrom: number
  /** When the newest event happened, milliseconds since 1970. Nothing is learned from its hour on: it may be the start of a quiet time. */
  readonly newestAt: number
  /** Hours to leave out, because events were missing in them. */
  readonly without: readonly HourSpan[]
}

const hoursInWeek = 7 * 24
const learnedMs = 8 * 7 * dayMs

/** A day on which fewer events come cannot be judged: measured, 10 hours without an event hide too little in it. */
const fewestOnBusiestDay = 30

/** The mean of each hour of the week over the eight weeks up to the newest event. Undefined if that is not counted yet, or if too little happens. */
export function learnHours(ledger: Iterable<LedgerHour>, options: LearnOptions): LearnedHours | undefined {
  const { countedFrom, newestAt, without, offsetAt = () => 0, isQuiet = () => false } = options
  const until = Math.floor(newestAt / hourMs) * hourMs
  const from = until - learnedMs
  if (countedFrom > from) return undefined
  const slotOf = (hour: number): number => {
    const local = Math.floor((hour + offsetAt(hour) * minuteMs) / hourMs)
    return ((local % hoursInWeek) + hoursInWeek) % hoursInWeek
  }
  const isLeftOut = (hour: number): boolean =>
    isQuiet(hour) || without.some((span) => hour >= span.from && hour < span.until)
  const hours = new Float64Array(hoursInWeek)
  const events = new Float64Array(hoursInWeek)
  const slots = new Map<number, number>()
  for (let hour = from; hour < until; hour += hourMs) {
    if (isLeftOut(hour)) continue
    const slot = slotOf(hour)
    slots.set(hour, slot)
    hours[slot]! += 1
  }
  for (const { hour, count } of ledger) {
    const slot = slots.get(hour)
    if (slot !== undefined) events[slot]! += count
  }
  const means = events.map((sum, slot) => (hours[slot] === 0 ? 0 : sum / hours[slot]!))
  if (busiestDay(means) < fewestOnBusiestDay) return undefined
  return {
    expectedIn(since, end) {
      let expected = 0
      for (let hour = Math.floor(since / hourMs) * hourMs; hour < end; hour += hourMs) {
        const part = (Math.min(end, hour + hourMs) - Math.max(since, hour)) / hourMs
        if (!isQuiet(hour)) expected += part * means[slotOf(hour)]!
      }
      return expected
    },
  }
}

function busiestDay(means: Float64Array): number {
  let most = 0
  for (let day = 0; day < hoursInWeek; day += 24) {
    most = Math.max(
      most,
      means.slice(day, day + 24).reduce((sum, mean) => sum + mean, 0),
    )
  }
  return most
}
