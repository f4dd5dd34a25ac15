import type { Problem } from '../../terminal/problem.ts'
import { missingUnit, parseTime } from '../times/time.ts'
import { allDeleted, type TimeRange, timeLimits } from '../times/time-limits.ts'
import { goodValues } from './pipeline-document.ts'

/** Times of the command line. */
export interface TimeFlags {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/**
 * Reads `--since` and `--until` of a command that has them apart from pipelines, and adds their problems to the list. An archive may
 * contain events that Asana has deleted.
 */
export function timeRange(
  { since, until }: TimeFlags,
  problems: Problem[],
  from: 'asana' | 'archive' = 'asana',
): TimeRange {
  const now = Date.now()
  const range = { since: time('since', since, now, problems), until: time('until', until, now, problems) }
  const wrong = timeLimits(range, now)
  const found = { until: from === 'asana' ? allDeleted(range, now) : undefined, ...wrong }
  for (const name of ['since', 'until'] as const) {
    if (found[name]) problems.push({ setting: `--${name}`, message: `${found[name]} ${goodValues[name]}` })
  }
  return range
}

function time(
  name: 'since' | 'until',
  value: string | undefined,
  now: number,
  problems: Problem[],
): string | undefined {
  if (value === undefined) return undefined
  const parsed = parseTime(value, now)
  if (parsed === undefined) {
    const wrong = missingUnit(value, 'd') ?? `${JSON.stringify(value)} cannot be used.`
    problems.push({ setting: `--${name}`, message: `${wrong} ${goodValues[name]}` })
  }
  return parsed
}
