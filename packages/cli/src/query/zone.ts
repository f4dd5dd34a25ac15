import { minuteMs } from '../duration.ts'

/** A time zone: UTC, or the zone of this machine. */
export interface Zone {
  /** For people: `UTC`, `Europe/Berlin`. */
  readonly name: string
  /** Minutes ahead of UTC at a moment. */
  readonly offsetAt: (ms: number) => number
}

export const utc: Zone = { name: 'UTC', offsetAt: () => 0 }

export const localZone: Zone = {
  // Undefined if TZ names no zone. JavaScript takes UTC then.
  name: (Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined) ?? 'UTC',
  offsetAt: (ms) => -new Date(ms).getTimezoneOffset(),
}

/** The local time at a moment, in the fields that `getUTC…` reads. */
export function wallClock(ms: number, { offsetAt }: Zone): Date {
  return new Date(ms + offsetAt(ms) * minuteMs)
}

/** `2026-01-31 08:12:45`, followed by the offset in every zone other than UTC. */
export function clockTime(ms: number, zone: Zone): string {
  const text = wallClock(ms, zone).toISOString().replace('T', ' ').replace(/\..*/, '')
  return zone === utc ? text : text + offset(zone.offsetAt(ms))
}

function offset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`
}
