import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where a set-up keeps what it makes of a definition: `$XDG_CACHE_HOME/asana-audit/NAME-HASH`, outside the checkout, so that a fresh clone
 * need not make it again. Another definition has another path.
 */
export function cachedPath(name: string, definition: string, env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(definition).digest('hex').slice(0, 16)
  return join(cacheHome(env), 'asana-audit', `${name}-${hash}`)
}

/** The XDG specification says to ignore a relative path. */
function cacheHome(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_CACHE_HOME'] ?? ''
  return isAbsolute(given) ? given : join(homedir(), '.cache')
}
