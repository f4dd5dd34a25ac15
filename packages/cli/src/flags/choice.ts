import { didYouMean } from '../terminal/did-you-mean.ts'
import type { Problem } from '../terminal/problem.ts'

export const logForms = ['human', 'json'] as const
/** From the most to the least urgent. Each includes those before it. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]
export const uncertainPolicies = ['quarantine', 'stop', 'resend'] as const
export const hecFormats = ['asana', 'otel'] as const

/** A flag that takes one of a few words. Undefined if it is missing or wrong; a wrong one is added to `problems`. */
export function readChoice<Choice extends string>(
  setting: string,
  value: string | undefined,
  choices: readonly Choice[],
  problems: Problem[],
): Choice | undefined {
  const found = choices.find((choice) => choice === value)
  if (value !== undefined && found === undefined) {
    const meant = didYouMean(value, choices)
    const message = `${JSON.stringify(value)} cannot be used.${meant} Give one of ${choices.join(', ')}.`
    problems.push({ setting, message })
  }
  return found
}
