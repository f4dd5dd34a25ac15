import { safeJson } from './safe-text.ts'
import { wrapped } from './wrapped.ts'

/** One line to standard output, safe for a terminal and broken between words to fit it. */
export function say(text: string, indent = 2): void {
  process.stdout.write(`${wrapped(text, indent, process.stdout.columns)}\n`)
}

/** Writes one line to standard error, in the same form. */
export function sayOnStderr(text: string, indent = 2): void {
  process.stderr.write(`${wrapped(text, indent, process.stderr.columns)}\n`)
}

// A line for a person begins with a mark and not with the name of the program, in every command and on both streams: ✗ for what failed, !
// for what is good to know although it works, ✓ for what works. Results and progress have none. Problems with the settings are a list with
// a heading (`describeProblems`), and a log in JSON has levels.

/** Says what failed, on standard error. */
export function sayFailure(text: string, indent?: number): void {
  sayOnStderr(`✗ ${text}`, indent)
}

/** Says a warning, on standard error. */
export function sayWarning({ message }: { readonly message: string }): void {
  sayOnStderr(`! ${message}`)
}

/** One line of JSON to standard output, safe for a terminal. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${safeJson(JSON.stringify(value))}\n`)
}
