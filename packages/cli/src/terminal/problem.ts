import { type ExitCode, exitCode } from './exit-code.ts'
import { safeText } from './safe-text.ts'
import { wrapped } from './wrapped.ts'

/** A problem with the configuration: the setting, and what to write instead. Never holds a secret. */
export interface Problem {
  readonly setting: string
  readonly message: string
  /** The names that could stand there. They have lines of their own: there may be thirty. */
  readonly known?: readonly string[]
}

/** Something a person should know, although it works. */
export interface Warning {
  readonly code: string
  readonly message: string
}

/** All problems at once, for a terminal. `of`: what they are problems with, and what was not done. */
export function describeProblems(
  problems: readonly Problem[],
  width = process.stderr.columns,
  of = 'the configuration; nothing was started',
): string {
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`
  const lines = problems.flatMap(({ setting, message, known }) => [
    `  ${safeText(setting)}`,
    wrapped(`      ${message}`, 6, width),
    ...(known ? [wrapped(`      Known here: ${known.join(', ')}.`, 6, width)] : []),
  ])
  return `${count} with ${of}.\n\n${lines.join('\n')}\n`
}

/** Prints the problems to stderr and returns the exit status of a command that did not start. */
export function invalidSettings(problems: readonly Problem[]): ExitCode {
  process.stderr.write(describeProblems(problems))
  return exitCode.wrongConfiguration
}
