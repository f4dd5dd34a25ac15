import { dayMs, hourMs } from '../duration.ts'
import { fault } from '../fault.ts'
import type { TimeSpan } from '../ledger-hour.ts'

/** The name of the note in which a state keeps the spans that were delivered before. An export includes it. */
export const deliveredBeforeNote = 'position.delivered_before'

/** Asana deletes events after 90 days, so nothing older can come again. */
const keptMs = 91 * dayMs

/** What a rewind, a backfill or a repair opens again. */
export interface Reopened {
  /** The starts of the hours of which something was delivered, in order. */
  readonly hours: readonly number[]
  /** The time of the newest delivered event: later events were not delivered. Undefined if it is not known. */
  readonly newest: number | undefined
}

/** Adds what is delivered again from now on. Spans stay in order and apart from each other. `now` in milliseconds since 1970. */
export function withReopened(
  spans: readonly TimeSpan[],
  { hours, newest = Number.POSITIVE_INFINITY }: Reopened,
  now: number = Date.now(),
): TimeSpan[] {
  const added = hours.map((from) => ({ from, until: Math.min(from + hourMs, newest + 1) }))
  const all = [...spans, ...added].filter(({ from, until }) => from < until)
  const joined: { from: number; until: number }[] = []
  for (const { from, until } of all.sort((one, other) => one.from - other.from)) {
    const last = joined.at(-1)
    if (last && from <= last.until) last.until = Math.max(last.until, until)
    else joined.push({ from, until })
  }
  // The newest event decides what is old, as our clock may be wrong. But an event from the future must not make the others look old.
  const oldest = Math.min(joined.at(-1)?.until ?? 0, now) - keptMs
  return joined.filter(({ until }) => until > oldest)
}

/** The spans in a note. Throws a fatal `corrupt_state`. */
export function deliveredBeforeIn(note: string | undefined): TimeSpan[] {
  if (note === undefined) return []
  try {
    const spans = JSON.parse(note) as TimeSpan[]
    if (spans.every(({ from, until }) => Number.isFinite(from) && Number.isFinite(until))) return spans
  } catch {
    // Not JSON, or no list of spans.
  }
  const message = `The note ${deliveredBeforeNote} of the state cannot be read: another program has changed it. Put a copy of the state back.`
  throw fault({ fault: 'fatal', code: 'corrupt_state', message })
}
