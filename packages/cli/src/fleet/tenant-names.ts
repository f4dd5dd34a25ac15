import type { FleetFlags } from '../flags/fleet-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import type { NamesForTenants } from './read-fleet-file.ts'

/** What tenants may name, by the file of `--config`. Without one nothing is known, and so nothing is checked. */
export async function tenantNames(
  { config }: FleetFlags,
  problems: Problem[],
): Promise<Partial<NamesForTenants>> {
  if (config === undefined) return {}
  const { namesForTenants } = await import('./read-fleet-file.ts')
  return namesForTenants(config, process.env, problems)
}
