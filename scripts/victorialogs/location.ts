import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'
import { givenOrBuilt } from '../setup/parts/given-or-built.ts'

const version = 'v1.52.1'

/** A store of logs that takes OTLP. Apache-2.0. */
export const victoriaLogsModule = `github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@${version}`

/** For the linker: without it the program would not know its version. */
export const victoriaLogsVersion = `-X github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=victoria-logs-tags-${version}`

/** Where `pnpm setup:victorialogs` puts it. Another version has another path. */
export function builtVictoriaLogsPath(env: NodeJS.ProcessEnv): string {
  return join(cachedPath('victorialogs', victoriaLogsModule, env), 'victoria-logs')
}

/** The store to use: `VICTORIALOGS_BIN` if it is set, or else the one that was built. Undefined if there is none. */
export function victoriaLogsPath(env: NodeJS.ProcessEnv): string | undefined {
  return givenOrBuilt('VICTORIALOGS_BIN', builtVictoriaLogsPath(env), env)
}
