import type { AgreedSettings } from '@asana-audit/fleet'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import type { Problem } from '../terminal/problem.ts'

/** What the file of `--config` says that all workers must agree on; undefined without one. */
export async function agreedOf({
  config,
}: FleetFlags): Promise<AgreedSettings | { readonly problems: readonly Problem[] } | undefined> {
  if (config === undefined) return undefined
  const { readFleetFile } = await import('./read-fleet-file.ts')
  const file = await readFleetFile(config, {}, process.env)
  return 'problems' in file ? file : { requestsPerMinute: file.values.requests_per_minute }
}
