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

/** One line of JSON to standard output, safe for a terminal. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${safeJson(JSON.stringify(value))}\n`)
}
