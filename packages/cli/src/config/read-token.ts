import type { Problem } from '../terminal/problem.ts'
import { inHome, type Origin } from './origin.ts'
import type { PipelineDocument } from './pipeline-document.ts'
import { type Token, tokenFileProblem, tokenFromEnv, tokenFromFile, tokenProblem } from './token.ts'
import { ownValue } from './yaml/own-value.ts'

/**
 * The token of a pipeline: its own, or else the one of the environment. Two tokens at a time are a problem: a rotated token could seem
 * to be in use although the other one is used.
 */
export function readToken(
  { token_file: file, token_env: name }: PipelineDocument,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Token {
  const { settingName } = origin
  if (file !== undefined && name !== undefined) {
    problems.push({
      setting: settingName('token_env'),
      message: 'token_file is set as well. Keep one of the two.',
    })
    return tokenFromFile(file, origin.file(file))
  }
  if (file !== undefined) return checkedFile(settingName('token_file'), file, origin.file(file), problems)
  if (name === undefined) return tokenOfEnvironment(env, problems)
  const token = ownValue(env, name)?.trim()
  if (!token) {
    const message =
      'The environment variable it names is not set. Put the token of a service account into that variable.'
    problems.push({ setting: settingName('token_env'), message })
  } else note(tokenProblem(settingName('token_env'), token), problems)
  return tokenFromEnv(name, env)
}

function tokenOfEnvironment(env: NodeJS.ProcessEnv, problems: Problem[]): Token {
  const token = env['ASANA_TOKEN']?.trim()
  const path = env['ASANA_TOKEN_FILE']?.trim()
  if (path && !token) return checkedFile('ASANA_TOKEN_FILE', path, inHome(path), problems)
  if (token) note(tokenProblem('ASANA_TOKEN', token), problems)
  if (path) {
    problems.push({
      setting: 'ASANA_TOKEN_FILE',
      message: 'ASANA_TOKEN is set as well. Keep one of the two.',
    })
  } else if (!token) {
    const message =
      "No token is set. Put a service account's token into ASANA_TOKEN, or its file's path into ASANA_TOKEN_FILE, for example /run/secrets/asana-token."
    problems.push({ setting: 'ASANA_TOKEN (or ASANA_TOKEN_FILE)', message })
  }
  return tokenFromEnv('ASANA_TOKEN', env)
}

function checkedFile(setting: string, written: string, path: string, problems: Problem[]): Token {
  note(tokenFileProblem(setting, written, path), problems)
  return tokenFromFile(written, path)
}

function note(problem: Problem | undefined, problems: Problem[]): void {
  if (problem) problems.push(problem)
}
