import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { Dialect } from '../../dialect.ts'

/** The start of an OTLP JSON line of any writer. */
const otlpLine = /^\s*\{\s*"resourceLogs"/

/**
 * The problem of an existing file that holds OTLP lines if others will be written, or the reverse: nobody could read a file with both.
 * Undefined if the file fits or its kind is unknown.
 */
export function fileDialectProblem(path: string, format: Dialect): string | undefined {
  const start = startOf(path)
  if (!start.trimStart().startsWith('{') || otlpLine.test(start) === (format === 'otlp')) return undefined
  return format === 'otlp'
    ? `${path} holds JSON lines in a format other than OTLP. Give the format they were written in, or another path.`
    : `${path} holds OTLP JSON lines, but the format is ${format}. Give another path, or leave out the format.`
}

function startOf(path: string): string {
  try {
    // Do not open a pipe: reading it would block.
    if (!statSync(path).isFile()) return ''
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(64)
      return bytes.subarray(0, readSync(file, bytes)).toString('latin1')
    } finally {
      closeSync(file)
    }
  } catch {
    // The writer of the file will report what is wrong with it.
    return ''
  }
}
