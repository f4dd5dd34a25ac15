import { isPostgresAddress } from '@asana-audit/core/config'
import { statePasswordProblem } from '../config/state-password.ts'
import { readStatePath, type StatePath } from '../config/state-path.ts'
import { exampleAddress } from '../flags/example-address.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import type { Problem } from '../terminal/problem.ts'

/** Where the database of a fleet is, by flags, environment or the fleet's file. */
export async function fleetAddress(
  flags: FleetFlags,
  env: NodeJS.ProcessEnv,
): Promise<StatePath | { readonly problems: readonly Problem[] }> {
  const location = await readStatePath(flags, env)
  if ('problems' in location) return location
  if (isPostgresAddress(location.statePath)) {
    const problem = statePasswordProblem(location.statePath, env)
    return problem ? { problems: [problem] } : location
  }
  const message = `A fleet is kept in PostgreSQL, and this is not the address of a database. Give one, for example ${exampleAddress}`
  return { problems: [{ setting: location.statePathSetting, message }] }
}
