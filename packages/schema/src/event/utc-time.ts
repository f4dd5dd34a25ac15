import type { Instant } from './instant.ts'

/**
 * A time as text: UTC, a year from 1 to 9999, milliseconds or all decimals up to a limit of the store. A time outside
 * those years becomes 1970, as in OTLP, where it means "unknown"; the fields of the event itself keep the original.
 */
export function utcTime([seconds, nanos]: Instant, decimals: 7 | 9): string {
  const text = new Date(seconds * 1000 + Math.floor(nanos / 1_000_000)).toISOString()
  if (text.length !== 24 || text.startsWith('0000')) return utcTime([0, 0], decimals)
  const fraction = String(nanos).padStart(9, '0').slice(0, decimals)
  return /^\d{3}0+$/.test(fraction) ? text : `${text.slice(0, 20)}${fraction}Z`
}
