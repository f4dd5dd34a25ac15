import { minuteMs } from '../../duration.ts'
import type { Problem } from '../../terminal/problem.ts'
import { missingUnit, parseDuration } from './time.ts'

/** The flag `--give-up-after` in milliseconds. Undefined if it is missing or wrong; a wrong one is added to `problems`. */
export function readGiveUpAfter(flag: string | undefined, problems: Problem[]): number | undefined {
  const giveUpAfterMs = flag === undefined ? undefined : parseDuration(flag)
  if (flag !== undefined && giveUpAfterMs === undefined) {
    const wrong = missingUnit(flag, 'm')
    problems.push({ setting: '--give-up-after', message: wrong ?? 'Give a duration, for example 15m.' })
  }
  return giveUpAfterMs
}

/** How long to retry temporary faults, in milliseconds, in the form of the libraries' options. */
export interface GiveUpAfter {
  readonly source: { readonly untilFirstPage: number; readonly afterwards: number }
  readonly sink: { readonly untilFirstWrite: number; readonly afterwards: number }
}

/**
 * For commands that must end even if nobody fixes the fault: an address that never answered is given up after half a minute, one that
 * worked before after a quarter of an hour.
 */
export function unattended(giveUpAfterMs: number | undefined): GiveUpAfter {
  const first = giveUpAfterMs ?? 30_000
  const afterwards = giveUpAfterMs ?? 15 * minuteMs
  return {
    source: { untilFirstPage: first, afterwards },
    sink: { untilFirstWrite: first, afterwards },
  }
}
