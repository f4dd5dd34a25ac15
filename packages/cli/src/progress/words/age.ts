import { dayMs, hourMs, minuteMs } from '../../duration.ts'

/** A duration in the largest unit that fits. */
export function age(ms: number): string {
  const steps = [
    [dayMs, 'd'],
    [hourMs, 'h'],
    [minuteMs, 'min'],
  ] as const
  const [unit, name] = steps.find(([size]) => ms >= size) ?? [1_000, 's']
  return `${Math.max(0, Math.floor(ms / unit))} ${name}`
}
