import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'

/** The program that makes packages for Debian and Red Hat. Later versions cannot be built from their module alone. */
export const nfpmModule = 'github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0'

/** Where `pnpm setup:nfpm` puts it. Another version has another path. */
export function builtNfpmPath(env: NodeJS.ProcessEnv): string {
  return join(cachedPath('nfpm', nfpmModule, env), 'nfpm')
}
