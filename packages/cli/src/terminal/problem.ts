import { type ExitCode, exitCode } from './exit-code.ts'
import { safeText } from './safe-text.ts'
import { wrapped } from './wrapped.ts'

/** One thing wrong with the configuration: where, and what to write instead. Never holds a secret. */
export interface Problem {
  readonly setting: string
  readonly message: string
}

/** Something worth knowing that is no fault. */
export interface Warning {
  readonly code: string
  readonly message: string
}

/** All of them at once, for a terminal. */
export function describeProblems(problems: readonly Problem[], width = process.stderr.columns): string {
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`
  const lines = problems.flatMap(({ setting, message }) => [
    `  ${safeText(setting)}`,
    wrapped(`      ${message}`, 6, width),
  ])
  return `${count} with the configuration; nothing was started.\n\n${lines.join('\n')}\n`
}

/** Says them on stderr; the exit status of a command that has not started. */
export function refused(problems: readonly Problem[]): ExitCode {
  process.stderr.write(describeProblems(problems))
  return exitCode.wrongConfiguration
}
