import { homedir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { StateFlags } from '../flags/state-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { readConfigFile } from './config-file.ts'
import { inHome } from './origin.ts'
import type { YamlConfig } from './yaml/yaml-config.ts'

export interface StatePath {
  readonly statePath: string
  /** True for the default path. Its folder is created if it is missing. */
  readonly statePathIsDefault: boolean
  /** The name of the path's setting in error messages. */
  readonly statePathSetting: string
}

/** The path of the state, the same as in `readSettings`. Ignores problems of the file that do not concern the path. */
export async function readStatePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
): Promise<StatePath | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const yaml = await readConfigFile(flags, env, problems)
  if (flags.config !== undefined && yaml === undefined) return { problems }
  return statePath(flags, env, yaml)
}

/** A flag overrides its variable, and the variable overrides the file. */
export function statePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
  yaml: YamlConfig | undefined,
): StatePath {
  const candidates = [
    ['--state', flags.state],
    ['ASANA_AUDIT_STATE', env['ASANA_AUDIT_STATE']?.trim() || undefined],
    [yaml?.origin.settingName('state'), yaml?.state],
  ] as const
  const named = candidates.find(([, path]) => path !== undefined)
  return {
    statePath: named?.[1] === undefined ? defaultStatePath(env) : inHome(named[1]),
    statePathIsDefault: named === undefined,
    statePathSetting: named?.[0] ?? '--state (or ASANA_AUDIT_STATE)',
  }
}

/**
 * https://specifications.freedesktop.org/basedir-spec/latest/ says to ignore a path that is not absolute. The same holds for a HOME that
 * is empty or relative: the state would be another one in every folder, and everything would be delivered again.
 */
function defaultStatePath(env: NodeJS.ProcessEnv): string {
  const named = env['XDG_STATE_HOME'] ?? ''
  const home = isAbsolute(homedir()) ? homedir() : userInfo().homedir
  return join(isAbsolute(named) ? named : join(home, '.local', 'state'), 'asana-audit', 'state.db')
}
