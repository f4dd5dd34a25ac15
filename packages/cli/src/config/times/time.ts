import { parseInstant } from '@asana-audit/schema/lossless'
import { dayMs, hourMs, minuteMs } from '../../duration.ts'

export const unitMs = {
  ms: 1,
  s: 1_000,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
}

/** A number and its unit. Spaces around it are no part of it. */
export const durationPattern: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/

/** A duration such as `10s`, `15m`, `12h`, `31d`, `2w` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text.trim())
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : undefined
}

/** A TIME: RFC 3339, a date (midnight UTC) or an age counted back from `now`. Gives RFC 3339; undefined for anything else. */
export function parseTime(text: string, now: number): string | undefined {
  const trimmed = text.trim()
  if (parseInstant(trimmed)) return trimmed
  const midnight = `${trimmed}T00:00:00Z`
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed) && parseInstant(midnight)) return midnight
  const age = parseDuration(trimmed)
  return age === undefined || age > now ? undefined : new Date(now - age).toISOString()
}

/** The message about a duration or age that is only a number. Undefined for anything else, also for a year. */
export function missingUnit(value: unknown, unit: 's' | 'm' | 'h' | 'd'): string | undefined {
  const text = typeof value === 'string' ? value.trim() : String(value)
  if (!/^\d{1,3}(\.\d+)?$/.test(text)) return undefined
  return `${JSON.stringify(value)} has no unit. Give for example ${text}${unit}. The units are ms, s, m, h, d, w.`
}
