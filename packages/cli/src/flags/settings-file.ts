import type { Problem } from '../terminal/problem.ts'

/**
 * The settings file of a command that takes it as an argument or with `--config`. Adds a problem and returns undefined if it is given
 * both ways.
 */
export function settingsFile(
  argument: string | undefined,
  option: string | undefined,
  problems: Problem[],
): string | undefined {
  if (argument === undefined || option === undefined) return argument ?? option
  problems.push({ setting: '--config', message: `${argument} is given as well. Keep one of the two.` })
  return undefined
}
