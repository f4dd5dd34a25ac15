import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { millisOf } from '@asana-audit/schema/lossless'
import { dayMs } from '../../duration.ts'
import type { Problem } from '../../terminal/problem.ts'
import { goodValues } from '../pipeline/pipeline-document.ts'
import { parseTime } from './time.ts'
import { timeLimits } from './time-limits.ts'

/** Milliseconds since 1970, `until` exclusive. */
export interface TimeAbout {
  readonly from: number
  readonly until: number
}

/** About when something happened: of a date alone the UTC day, of another time its hour. Adds a problem and returns undefined for anything else. */
export function timeAbout(text: string, setting: string, problems: Problem[]): TimeAbout | undefined {
  const now = Date.now()
  const since = parseTime(text, now)
  const at = millisOf(since)
  const wrong =
    at === undefined
      ? `${JSON.stringify(text)} cannot be used.`
      : timeLimits({ since, until: undefined }, now).since
  if (at === undefined || wrong !== undefined) {
    problems.push({ setting, message: `${wrong} ${goodValues['since']}` })
    return undefined
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text.trim())) return { from: at, until: at + dayMs }
  return { from: hourOf(at), until: hourOf(at) + hourMs }
}
