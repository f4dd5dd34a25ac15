import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { Dialect } from '../../dialect.ts'

/** How a line of OTLP begins, by whatever writer. */
const otlpLine = /^\s*\{\s*"resourceLogs"/

/**
 * Whether a file that is there holds lines of another kind than are going to be written: of OTLP or not. Undefined where it
 * does not, or nothing can be told. A file of both could be read by nobody.
 */
export function fileDialectProblem(path: string, format: Dialect): string | undefined {
  const start = startOf(path)
  if (!start.trimStart().startsWith('{') || otlpLine.test(start) === (format === 'otlp')) return undefined
  return format === 'otlp'
    ? `${path} holds JSON lines that are no OTLP. Give the format they were written in, or another path.`
    : `${path} holds OTLP JSON lines, and the format is ${format}. Give another path, or leave the format out.`
}

function startOf(path: string): string {
  try {
    // Not a pipe, which would have us wait.
    if (!statSync(path).isFile()) return ''
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(64)
      return bytes.subarray(0, readSync(file, bytes)).toString('latin1')
    } finally {
      closeSync(file)
    }
  } catch {
    // What is wrong with the file its writer says.
    return ''
  }
}
