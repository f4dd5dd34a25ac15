import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fault } from '../fault.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { type NamedPath, namedFile } from './named-file.ts'
import { codeOf } from './path-step.ts'

/**
 * A secret in a file, for the `token` of sources and sinks. It is read before each request, so a new one is used without a restart.
 * Rejects with a fatal `token_file`. `written` is the path as written in the settings: if it may be the secret itself, no error shows
 * it.
 */
export function secretFile(path: string, written: string = path): () => Promise<string> {
  return async () => {
    try {
      return (await readFile(path, 'utf8')).trim()
    } catch (error) {
      const message = `The token file${namedFile(written, path)} cannot be read (${codeOf(error)}). Put it back, or give another path.`
      throw fault({ fault: 'fatal', code: 'token_file', message })
    }
  }
}

/** Checks such a file before anything starts. `problemOf` returns what is wrong with the secret, as a sentence. */
export function secretFileProblem(
  { setting, path, written = path }: NamedPath,
  problemOf: (secret: string) => string | undefined,
): SettingProblem | undefined {
  const named = `The file it names${namedFile(written, path)}`
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret === '')
      return { setting, message: `${named} is empty. Put the token into it, and nothing else.` }
    const message = problemOf(secret)
    return message === undefined ? undefined : { setting, message }
  } catch (error) {
    const message = `${named} cannot be read (${codeOf(error)}). Give the path of a file that holds the token, for example /run/secrets/token.`
    return { setting, message }
  }
}
