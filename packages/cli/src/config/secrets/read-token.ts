import { asanaTokenProblem, readSecret, type WrittenSecret } from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import { inHome, type Origin } from '../origin.ts'
import type { PipelineDocument } from '../pipeline/pipeline-document.ts'
import type { SharedCommands } from './shared-commands.ts'
import { noToken, type Token, tokenFrom } from './token.ts'
import { secretOfEnvironment, writtenSecret } from './written-secret.ts'

/** Whether a pipeline has a setting for its own token, also one that does not exist. */
export function writesToken(document: unknown): boolean {
  if (typeof document !== 'object' || document === null) return false
  return ['token', 'token_file', 'token_env', 'token_exec'].some((name) => Object.hasOwn(document, name))
}

/**
 * The tokens of a pipeline: its own, or else those of the environment. A token that is given in two ways is a problem: a rotated one
 * could seem to be in use although the other one is used.
 */
export async function readToken(
  document: PipelineDocument,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Token> {
  const { settingName } = origin
  const before = problems.length
  const own = writtenSecret(document, 'token', settingName, origin, env, problems)
  const ownSecond = writtenSecret(document, 'second_token', settingName, origin, env, problems)
  const first = own ?? secretOfEnvironment(env, 'ASANA_TOKEN', inHome)
  const second = ownSecond ?? (own ? undefined : secretOfEnvironment(env, 'ASANA_SECOND_TOKEN', inHome))
  if (first === undefined) {
    const message =
      "No token is set. Put a service account's token into ASANA_TOKEN, its file's path into ASANA_TOKEN_FILE, for example /run/secrets/asana-token, or a command that prints it into ASANA_TOKEN_EXEC."
    problems.push({ setting: 'ASANA_TOKEN (or ASANA_TOKEN_FILE)', message })
  }
  const found = async (written: WrittenSecret | undefined) =>
    written && readSecret(written, asanaTokenProblem, problems, 'token', commands)
  const [one, other] = [await found(first), await found(second)]
  return problems.length > before || one === undefined ? noToken : tokenFrom(one, other)
}
