import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'
import { givenOrBuilt } from '../setup/parts/given-or-built.ts'

/** A server that speaks S3 over a folder, and checks signatures, checksums, clocks and locks. Apache-2.0. */
export const versitygwModule = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0'

/** Where `pnpm setup:versitygw` puts it. Another version has another path. */
export function builtVersitygwPath(env: NodeJS.ProcessEnv): string {
  return join(cachedPath('versitygw', versitygwModule, env), 'versitygw')
}

/** The server to use: `VERSITYGW_BIN` if it is set, or else the one that was built. Undefined if there is none. */
export function versitygwPath(env: NodeJS.ProcessEnv): string | undefined {
  return givenOrBuilt('VERSITYGW_BIN', builtVersitygwPath(env), env)
}
