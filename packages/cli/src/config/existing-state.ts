import { existsSync } from 'node:fs'
import { isPostgresAddress } from '@asana-audit/core/config'
import type { StateFlags } from '../flags/state-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { statePlaceProblems } from './places/place-problems.ts'
import { readStatePath, type StatePath } from './state-path.ts'

/**
 * For commands that read a state. A missing state is mostly a wrong path, so these commands do not create one. Whether a database has a
 * state shows only when it is opened: see `openExistingState`.
 */
export async function existingStateProblems(location: StatePath, env: NodeJS.ProcessEnv): Promise<Problem[]> {
  const { statePath, statePathSetting: setting } = location
  if (isPostgresAddress(statePath) || existsSync(statePath))
    return await statePlaceProblems(location, 'if-there', env)
  const message = `There is no state at ${statePath}. Give the path that run uses, for example --state /var/lib/asana-audit/state.db. The first run creates it.`
  return [{ setting, message }]
}

export async function existingState(
  flags: StateFlags,
  env: NodeJS.ProcessEnv,
): Promise<StatePath | { readonly problems: readonly Problem[] }> {
  const location = await readStatePath(flags, env)
  if ('problems' in location) return location
  const problems = await existingStateProblems(location, env)
  return problems.length > 0 ? { problems } : location
}
