import { dayMs, hourMs } from '../duration.ts'
import type { HourSpan } from '../ledger-hour.ts'
import type { LearnedHours } from './learned-hours.ts'

/** The words of CloudWatch and of Panther for an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** What is known about whether events still come. Plain data: keep it and give it back, over restarts too. */
export interface DropOff {
  readonly state: AlarmState
  /** When the state began, milliseconds since 1970. */
  readonly since: number
  /** In an alarm: the time of the last event before it. */
  readonly quietFrom?: number | undefined
  /** Hours of earlier alarms and of this one, of the last weeks. Nothing is learned from them. */
  readonly alarmHours: readonly HourSpan[]
}

/** What was seen since. All times are milliseconds since 1970. */
export interface Seen {
  /** Everything up to here was read. While nothing can be read, this stands still, and so does the alarm. */
  readonly readUpTo: number
  /** When the newest event happened. */
  readonly newestAt: number
  /** From `learnHours`. */
  readonly learned: LearnedHours | undefined
  /** How many events the ledger counts in the hours of `[from, until)`. It is only called in an alarm. */
  readonly cameIn: (from: number, until: number) => number
}

/** A fixed time, for where nothing could be learned. */
export interface DropOffLimits {
  /** Longest quiet time in milliseconds. @default none */
  readonly afterMs?: number | undefined
}

/** How many events must be missing. Measured over simulated years: fewer give more false alarms, more find outages later. */
const missingEvents = 20
const shortestQuietMs = 2 * hourMs
/** An alarm ends when this part of what is expected comes: single events do not end it. */
const endsAt = 0.25
const keptMs = 9 * 7 * dayMs
/** An alarm's end is judged by the last hours, as many as usually bring `missingEvents`, but by no more than these. */
const mostJudgedMs = 7 * dayMs

export const noDropOffYet = (now: number): DropOff => ({
  state: 'INSUFFICIENT_DATA',
  since: now,
  alarmHours: [],
})

/**
 * Whether events stopped coming. Where the usual hours are learned: an alarm after two quiet hours or more, in which 20 events would
 * have come. Elsewhere after the fixed time, if there is one. Pure: it knows no clock and keeps nothing. Gives `before` itself back if
 * nothing has changed.
 */
export function judgeDropOff(before: DropOff, seen: Seen, limits: DropOffLimits = {}): DropOff {
  const { readUpTo, newestAt } = seen
  const state = stateOf(before, seen, limits)
  if (state === before.state) return before
  const alarmHours = before.alarmHours.filter(({ until }) => until > readUpTo - keptMs)
  if (state === 'ALARM') {
    const quiet = { from: hourAfter(newestAt), until: Number.MAX_SAFE_INTEGER }
    return { state, since: readUpTo, quietFrom: newestAt, alarmHours: [...alarmHours, quiet] }
  }
  const ended = alarmHours.map(({ from, until }) => ({ from, until: Math.min(until, hourAfter(readUpTo)) }))
  return { state, since: readUpTo, alarmHours: ended }
}

function stateOf(before: DropOff, seen: Seen, { afterMs }: DropOffLimits): AlarmState {
  const { readUpTo, newestAt, learned } = seen
  const quietMs = readUpTo - newestAt
  if (!learned) {
    if (afterMs === undefined) return 'INSUFFICIENT_DATA'
    return quietMs >= afterMs ? 'ALARM' : 'OK'
  }
  if (before.state === 'ALARM') return hasEnded(before, seen, learned) ? 'OK' : 'ALARM'
  const isMissing = quietMs >= shortestQuietMs && learned.expectedIn(newestAt, readUpTo) >= missingEvents
  return isMissing ? 'ALARM' : 'OK'
}

function hasEnded({ quietFrom = 0 }: DropOff, { readUpTo, cameIn }: Seen, learned: LearnedHours): boolean {
  const earliest = Math.max(hourAfter(quietFrom), readUpTo - mostJudgedMs)
  let from = Math.floor(readUpTo / hourMs) * hourMs - hourMs
  while (
    from > earliest &&
    (readUpTo - from < shortestQuietMs || learned.expectedIn(from, readUpTo) < missingEvents)
  ) {
    from -= hourMs
  }
  const expected = learned.expectedIn(from, readUpTo)
  const came = cameIn(from, readUpTo)
  return came > 0 && came >= endsAt * expected
}

function hourAfter(at: number): number {
  return Math.floor(at / hourMs) * hourMs + hourMs
}
