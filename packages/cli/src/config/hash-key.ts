import { readFileSync } from 'node:fs'
import { namedFile } from '@asana-audit/core/config'
import type { Problem } from '../terminal/problem.ts'
import type { Origin } from './origin.ts'
import { goodValues } from './pipeline-document.ts'

/** The key that hashed fields are made with, or a problem. */
export function readHashKey(written: string, origin: Origin, problems: Problem[]): string | undefined {
  const path = origin.file(written)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no code'
    const message = `The file it names${namedFile(written, path)} cannot be read (${code}). ${goodValues['hash_key_file']}`
    problems.push({ setting: origin.place('hash_key_file'), message })
    return undefined
  }
}
