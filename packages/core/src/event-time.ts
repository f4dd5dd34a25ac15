import { millisAt } from '@asana-audit/schema/lossless'

/** Whether `time` is after `other` (RFC 3339, to the millisecond); undefined is before every time. */
export function isAfter(time: string | undefined, other: string | undefined): boolean {
  if (time === undefined) return false
  if (other === undefined) return true
  return millisAt(time) > millisAt(other)
}

/** The later of two RFC 3339 times. */
export function later(time: string | undefined, other: string | undefined): string | undefined {
  return isAfter(time, other) ? time : other
}
