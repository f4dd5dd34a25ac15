import { unitMs } from '../../config/times/time.ts'
import { dayMs, hourMs, minuteMs } from '../../duration.ts'
import type { Beginning } from '../../pipelines/run/start-warnings.ts'

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
export function isTooOld({ ageMs }: Beginning, limitMs: number): boolean {
  return ageMs > limitMs + minuteMs
}

/** For people: from where a pipeline reads. */
export function inWords({ ageMs, isFirst }: Beginning): string {
  return isFirst ? `begins ${howLong(ageMs)} back` : `continues from ${howLong(ageMs)} ago`
}

function howLong(ms: number): string {
  const [count, unit] = ms < 2 * dayMs ? [ms / hourMs, 'hour'] : [ms / dayMs, 'day']
  const whole = Math.max(1, Math.round(count))
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
