import { hourMs } from '../duration.ts'
import type { HourSpan } from '../ledger-hour.ts'
import { hourOf } from './ledger.ts'

/** The start of a span that reaches back to the oldest event. */
export const openStart = 0
/** The end of a span without an end. */
export const openEnd: number = Number.MAX_SAFE_INTEGER

/** Adds the whole hours of a span. Spans stay in order and apart from each other. */
export function withSpan(spans: readonly HourSpan[], added: HourSpan): HourSpan[] {
  const whole = { from: nextHour(added.from), until: added.until === openEnd ? openEnd : hourOf(added.until) }
  if (whole.from >= whole.until) return [...spans]
  const apart = spans.filter(({ from, until }) => until < whole.from || from > whole.until)
  const touching = [whole, ...spans.filter((span) => !apart.includes(span))]
  const joined = {
    from: Math.min(...touching.map(({ from }) => from)),
    until: Math.max(...touching.map(({ until }) => until)),
  }
  return [...apart, joined].sort((a, b) => a.from - b.from)
}

/**
 * The spans of a pipeline that starts at a time and has no end; an earlier planned start no longer counts. The hour of the start is in
 * no span: from here on only a part of it is delivered, and nobody knows what was delivered of it before.
 */
export function startedAt(spans: readonly HourSpan[], at: number): HourSpan[] {
  const closed = spans.filter(({ until }) => until !== openEnd)
  return withSpan(without(closed, { from: hourOf(at), until: nextHour(at) }), { from: at, until: openEnd })
}

function without(spans: readonly HourSpan[], gone: HourSpan): HourSpan[] {
  if (gone.from >= gone.until) return [...spans]
  return spans
    .flatMap(({ from, until }) => [
      { from, until: Math.min(until, gone.from) },
      { from: Math.max(from, gone.until), until },
    ])
    .filter(({ from, until }) => from < until)
}

function nextHour(at: number): number {
  return hourOf(at + hourMs - 1)
}
