/** Sigma's levels, lowest first. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const

export type Level = (typeof levels)[number]

export function isAtLeast(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least)
}
