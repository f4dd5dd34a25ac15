import { parseMillis } from '@asana-audit/schema'
import { goodValues } from './pipeline-document.ts'
import type { Problem } from './problem.ts'
import { missingUnit, notAfterSince, parseTime } from './time.ts'

/** RFC 3339. */
export interface TimeRange {
  readonly since: string | undefined
  readonly until: string | undefined
}

/** Reads `--since` and `--until` of a command that has them apart from pipelines. Problems are added to the list. */
export function timeRange(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  problems: Problem[],
): TimeRange {
  const range = { since: time('since', since, problems), until: time('until', until, problems) }
  if (range.since !== undefined && range.until !== undefined) {
    const [from, to] = [parseMillis(range.since) ?? 0, parseMillis(range.until) ?? 0]
    if (from >= to) problems.push({ setting: '--until', message: `${notAfterSince} ${goodValues.until}` })
  }
  return range
}

function time(name: 'since' | 'until', value: string | undefined, problems: Problem[]): string | undefined {
  if (value === undefined) return undefined
  const parsed = parseTime(value, Date.now())
  if (parsed === undefined) {
    const wrong = missingUnit(value, 'd') ?? `${JSON.stringify(value)} cannot be used.`
    problems.push({ setting: `--${name}`, message: `${wrong} ${goodValues[name]}` })
  }
  return parsed
}
