import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { asanaTokenProblem, fault } from '@asana-audit/core'
import { namedFile } from './origin.ts'
import { ownValue } from './own-value.ts'
import type { Problem } from './problem.ts'

/** A secret that is read when it is needed, so that one mended on disk is used without a restart. */
export interface Token {
  readonly read: () => string | Promise<string>
  /** Equal for equal places: pipelines with one token share one request budget. Holds no secret. */
  readonly place: string
}

export function tokenFromEnv(name: string, env: NodeJS.ProcessEnv): Token {
  const value = ownValue(env, name)?.trim() ?? ''
  return { read: () => value, place: `env ${name}` }
}

/** `written` is the path as it stands in the settings: what may be the token itself is in no error. */
export function tokenFromFile(written: string, path = written): Token {
  return {
    place: `file ${path}`,
    read: async () => {
      try {
        return (await readFile(path, 'utf8')).trim()
      } catch (error) {
        const message = `The token file${namedFile(written, path)} cannot be read (${errorCode(error)}). Put it back, or name another.`
        throw fault({ fault: 'fatal', code: 'token_file', message })
      }
    },
  }
}

/** What is wrong with a token file before anything starts. */
export function tokenFileProblem(setting: string, written: string, path = written): Problem | undefined {
  const named = `The file it names${namedFile(written, path)}`
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (token !== '') return tokenProblem(setting, token)
    return { setting, message: `${named} is empty. Put the token of a service account into it.` }
  } catch (error) {
    const message = `${named} cannot be read (${errorCode(error)}). Give the path of a file that holds the token, for example /run/secrets/asana-token.`
    return { setting, message }
  }
}

/** What is wrong with a token itself. */
export function tokenProblem(setting: string, token: string): Problem | undefined {
  const message = asanaTokenProblem(token)
  return message === undefined ? undefined : { setting, message }
}

function errorCode(error: unknown): string {
  return (error as { code?: string }).code ?? 'no code'
}
