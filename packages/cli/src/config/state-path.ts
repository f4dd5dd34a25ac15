import { homedir } from 'node:os'
import { join } from 'node:path'
import type { StateFlags } from '../flags/state-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { inHome } from './origin.ts'
import { readYamlConfig, type YamlConfig } from './yaml/yaml-config.ts'

export interface StatePath {
  readonly statePath: string
  /** True where nobody named the path: its folder is then made when missing. */
  readonly statePathIsDefault: boolean
  /** How the setting of the path is called where it was written. */
  readonly statePathSetting: string
}

/** Where the state is, as `readSettings` has it. Of the file only what keeps its path from being known is a problem. */
export function readStatePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
): StatePath | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const yaml = flags.config === undefined ? undefined : readYamlConfig(flags.config, env, problems)
  if (flags.config !== undefined && yaml === undefined) return { problems }
  return statePath(flags, env, yaml)
}

/** A flag goes before its variable, and that before the file. */
export function statePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
  yaml: YamlConfig | undefined,
): StatePath {
  const places = [
    ['--state', flags.state],
    ['ASANA_AUDIT_STATE', env['ASANA_AUDIT_STATE']?.trim() || undefined],
    [yaml?.origin.place('state'), yaml?.state],
  ] as const
  const named = places.find(([, path]) => path !== undefined)
  return {
    statePath: named?.[1] === undefined ? defaultStatePath(env) : inHome(named[1]),
    statePathIsDefault: named === undefined,
    statePathSetting: named?.[0] ?? '--state (or ASANA_AUDIT_STATE)',
  }
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function defaultStatePath(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'asana-audit', 'state.db')
}
