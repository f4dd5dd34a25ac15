import type { Fact } from '@asana-audit/core'
import { type LogLevel, logLevels } from '../../flags/choice.ts'

/** Whether a log that shows `least` and all that is more urgent shows `level`. */
export function isShown(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(least)
}

/** Facts that a person may have to act on. All others are only counted and reported as progress. */
const levels: Partial<Record<Fact['type'], LogLevel>> = {
  healed: 'warn',
  possible_loss: 'error',
  first_sight: 'info',
  retrying: 'warn',
  paused: 'error',
  resumed: 'info',
  quarantined: 'error',
  too_old: 'error',
  cut_off: 'warn',
  probed: 'info',
  late: 'info',
}

export function levelOf({ type }: Fact): LogLevel {
  return levels[type] ?? 'debug'
}
