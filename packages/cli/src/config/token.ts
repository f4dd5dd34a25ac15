import { asanaTokenProblem, secretFile, secretFileProblem } from '@asana-audit/core/config'
import type { Problem } from '../terminal/problem.ts'
import { ownValue } from './yaml/own-value.ts'

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

/** `written` is the path as it stands in the settings. */
export function tokenFromFile(written: string, path = written): Token {
  return { place: `file ${path}`, read: secretFile(path, written) }
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
