import type { Problem } from './problem.ts'

export const logForms = ['human', 'json'] as const
export const uncertainPolicies = ['quarantine', 'stop', 'resend'] as const
export const hecFormats = ['asana', 'otel'] as const

/** What is wrong with a flag that takes one of a few words. */
export function choiceProblem(
  setting: string,
  value: string | undefined,
  choices: readonly string[],
): Problem[] {
  if (value === undefined || choices.includes(value)) return []
  return [{ setting, message: `${JSON.stringify(value)} cannot be used. Give one of ${choices.join(', ')}.` }]
}
