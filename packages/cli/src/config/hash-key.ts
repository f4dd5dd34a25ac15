import { readFileSync } from 'node:fs'
import { goodValues } from './pipeline-document.ts'
import type { Problem } from './problem.ts'

/** The key that hashed fields are made with, or a problem. Without the path: some put the key itself there. */
export function readHashKey(setting: string, path: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no code'
    const message = `The file it names cannot be read (${code}). ${goodValues['hash_key_file']}`
    problems.push({ setting, message })
    return undefined
  }
}
