import { asanaTokenProblem, secretFile, secretFileProblem } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import type { Problem } from '../terminal/problem.ts'
import { ownValue } from './yaml/own-value.ts'

/** A secret that is asked for each time it is needed, so that a corrected file is used without a restart. */
export interface Token {
  readonly read: SecretReader
  /** The variable or file of the token. Pipelines with the same one share a request budget. Holds no secret. */
  readonly source: string
}

export function tokenFromEnv(name: string, env: NodeJS.ProcessEnv): Token {
  const value = ownValue(env, name)?.trim() ?? ''
  return { read: () => value, source: `env ${name}` }
}

/** `written` is the path as it stands in the settings. */
export function tokenFromFile(written: string, path = written): Token {
  return { source: `file ${path}`, read: secretFile(path, written) }
}

/** What is wrong with a token file before anything starts. */
export function tokenFileProblem(setting: string, written: string, path = written): Problem | undefined {
  return secretFileProblem({ setting, path, written }, asanaTokenProblem)
}

/** What is wrong with a token itself. */
export function tokenProblem(setting: string, token: string): Problem | undefined {
  const message = asanaTokenProblem(token)
  return message === undefined ? undefined : { setting, message }
}
