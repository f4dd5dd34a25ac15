import { parseMillis } from '@asana-audit/schema/lossless'

/**
 * Milliseconds since 1970 of a time (RFC 3339) that was checked where it came in. Throws for what is no time: reading on from a
 * guess could skip events.
 */
export function millisAt(time: string): number {
  const ms = parseMillis(time)
  if (ms === undefined) throw new TypeError(`Not a time: ${JSON.stringify(time)}.`)
  return ms
}

/** The same; undefined for no time at all. */
export function millisOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : millisAt(time)
}

/** Whether `time` is after `other` (RFC 3339, to the millisecond); no time at all is before every time. */
export function isAfter(time: string | undefined, other: string | undefined): boolean {
  if (time === undefined) return false
  if (other === undefined) return true
  return millisAt(time) > millisAt(other)
}

/** The later of two RFC 3339 times. */
export function later(time: string | undefined, other: string | undefined): string | undefined {
  return isAfter(time, other) ? time : other
}
