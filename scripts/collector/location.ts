import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'
import { givenOrBuilt } from '../setup/parts/given-or-built.ts'

/** The configuration of the Collector Builder: the components of the collector, with pinned versions. */
export const manifestPath: string = join(import.meta.dirname, 'builder.yaml')

/** Where `pnpm setup:collector` puts the collector of this manifest. Each manifest has its own path. */
export function builtCollectorPath(env: NodeJS.ProcessEnv): string {
  return join(cachedPath('otelcol', readFileSync(manifestPath, 'utf8'), env), 'otelcol')
}

/** The collector to use: `OTELCOL_BIN` if it is set, or else the one that was built. Undefined if there is none. */
export function collectorPath(env: NodeJS.ProcessEnv): string | undefined {
  return givenOrBuilt('OTELCOL_BIN', builtCollectorPath(env), env)
}
