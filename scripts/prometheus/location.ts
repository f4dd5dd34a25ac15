import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../set-up/cached-path.ts'

/** The packages of Debian that `pnpm setup:prometheus` unpacks. */
export const debianPackages: readonly string[] = ['prometheus', 'prometheus-alertmanager']

/** Where it unpacks them. Other packages have another path. */
export function unpackedPrometheus(env: NodeJS.ProcessEnv): string {
  return cachedPath('prometheus', debianPackages.join(' '), env)
}

/** A program: of the folder `PROMETHEUS_TOOLS`, or one that was unpacked. Undefined if there is none. */
export function prometheusTool(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folder = env['PROMETHEUS_TOOLS'] || join(unpackedPrometheus(env), 'usr/bin')
  const path = join(folder, name)
  return existsSync(path) ? path : undefined
}
