import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { asanaTokenProblem, fault } from '@asana-audit/core'
import type { Problem } from './problem.ts'

/** A secret that is read when it is needed, so that one mended on disk is used without a restart. */
export interface Token {
  readonly read: () => string | Promise<string>
  /** Equal for equal places: pipelines with one token share one request budget. Holds no secret. */
  readonly place: string
}

export function tokenFromEnv(name: string, env: NodeJS.ProcessEnv): Token {
  const value = env[name]?.trim() ?? ''
  return { read: () => value, place: `env ${name}` }
}

export function tokenFromFile(path: string): Token {
  return {
    place: `file ${path}`,
    read: async () => {
      try {
        return (await readFile(path, 'utf8')).trim()
      } catch (error) {
        // Not the path: tokens have been put where the path belongs.
        const message = `The token file cannot be read (${errorCode(error)}). Put it back, or name another.`
        throw fault({ fault: 'fatal', code: 'token_file', message })
      }
    },
  }
}

/** What is wrong with a token file before anything starts. Without the path: some put the token itself there. */
export function tokenFileProblem(setting: string, path: string): Problem | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (token !== '') return tokenProblem(setting, token)
    return { setting, message: 'The file it names is empty. Put the token of a service account into it.' }
  } catch (error) {
    const message = `The file it names cannot be read (${errorCode(error)}). Give the path of a file that holds the token, for example /run/secrets/asana-token.`
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
