import { homedir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isMeantAsAddress, isPostgresAddress, passwordIn, withoutPassword } from '@asana-audit/core/config'
import type { StateFlags } from '../flags/state-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { readConfigFile } from './config-file.ts'
import { inHome } from './origin.ts'
import type { YamlConfig } from './yaml/yaml-config.ts'

export interface StatePath {
  /** A file, or the address of a database in PostgreSQL, without its password. */
  readonly statePath: string
  /** True for the default file. Its folder is created if it is missing. */
  readonly statePathIsDefault: boolean
  /** The name of the path's setting in error messages. */
  readonly statePathSetting: string
}

/** Where the state is, the same as in `readSettings`. Ignores problems of the file that do not concern it. */
export async function readStatePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
): Promise<StatePath | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const yaml = await readConfigFile(flags, env, problems)
  if (flags.config !== undefined && yaml === undefined) return { problems }
  const wrong = stateProblems(flags, env, yaml)
  return wrong.length > 0 ? { problems: wrong } : statePath(flags, env, yaml)
}

/** A flag overrides its variable, and the variable overrides the file. */
export function statePath(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
  yaml: YamlConfig | undefined,
): StatePath {
  const named = namedState(flags, env, yaml)
  if (named === undefined) {
    const setting = '--state (or ASANA_AUDIT_STATE)'
    return { statePath: defaultStatePath(env), statePathIsDefault: true, statePathSetting: setting }
  }
  const [setting, written] = named
  const path = isPostgresAddress(written) ? (withoutPassword(written) ?? '') : inHome(written)
  return { statePath: path, statePathIsDefault: false, statePathSetting: setting }
}

/** What is wrong with a state that is meant as an address. No message quotes it: it may hold a password. */
export function stateProblems(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
  yaml: YamlConfig | undefined,
): Problem[] {
  const named = namedState(flags, env, yaml)
  if (named === undefined || !isMeantAsAddress(named[1])) return []
  const [setting, address] = named
  if (!isPostgresAddress(address)) {
    const message =
      'It looks like an address, but it is not the address of a database in PostgreSQL. Did you mean postgres://? A good one is postgres://user@host:5432/database. For a file, give only its path, for example /var/lib/asana-audit/state.db.'
    return [{ setting, message }]
  }
  if (withoutPassword(address) === undefined) {
    const message = 'It cannot be read as an address. A good one is postgres://user@host:5432/database.'
    return [{ setting, message }]
  }
  // The environment of a process is its user's alone, unlike its arguments, and files are copied into repositories.
  if (passwordIn(address) === undefined || setting === stateVariable) return []
  const message = `A password in it can be read by others. Leave it out, and name a file that holds it in ${passwordFileVariable}, or set PGPASSWORD or PGPASSFILE.`
  return [{ setting, message }]
}

const stateVariable = 'ASANA_AUDIT_STATE'
/** Names the file of the password of a state in PostgreSQL. */
export const passwordFileVariable = 'ASANA_AUDIT_STATE_PASSWORD_FILE'

/** The setting that names the state, and what it says; undefined if none does. */
function namedState(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
  yaml: YamlConfig | undefined,
): readonly [setting: string, written: string] | undefined {
  if (flags.state !== undefined) return ['--state', flags.state]
  const fromVariable = env[stateVariable]?.trim()
  if (fromVariable) return [stateVariable, fromVariable]
  if (yaml?.state === undefined) return undefined
  return [yaml.origin.settingName('state'), yaml.state]
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
