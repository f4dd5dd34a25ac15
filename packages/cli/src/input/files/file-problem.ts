import { accessSync, constants, statSync } from 'node:fs'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

/** Undefined for a file that can be read, and for standard input. */
export function fileProblem(file: string): string | undefined {
  if (file === '-') return undefined
  try {
    accessSync(file, constants.R_OK)
    if (!statSync(file).isDirectory()) return undefined
    return `${file} is a directory. Name the files in it, for example ${file.replace(/\/$/, '')}/*.jsonl.`
  } catch (error) {
    return `${file} cannot be read (${codeOf(error)}). ${codeOf(error) === 'ENOENT' ? 'Name a file that is there.' : pathStep(error)}`
  }
}
