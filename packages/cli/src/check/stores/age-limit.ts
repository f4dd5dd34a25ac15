import { unitMs } from '../../config/times/time.ts'
import { dayMs, minuteMs } from '../../duration.ts'

const units: Readonly<Record<string, number>> = { ...unitMs, y: 365 * dayMs }

/** Milliseconds of a duration as stores write them, such as `7d`, `1w` or `2160h0m0s`. Undefined if it is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+$/.test(text)) return undefined
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)
  return [...parts].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? Number.NaN),
    0,
  )
}

/** Whether a store that takes what is up to `limitMs` old refuses a part. An age such as `since: 7d` became a time a moment ago. */
export function isTooOld(ageMs: number, limitMs: number): boolean {
  return ageMs > limitMs + minuteMs
}

/** An age for people. */
export function inDays(ageMs: number): string {
  const days = Math.round(ageMs / dayMs)
  return days === 1 ? 'a day' : `${days} days`
}
