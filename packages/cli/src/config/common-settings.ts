import type { Problem } from '../terminal/problem.ts'
import { type Proxies, proxiesFromEnv } from './proxy/proxies-from-env.ts'
import { type SharedCommands, sharedCommands } from './secrets/shared-commands.ts'
import type { Token } from './secrets/token.ts'

/** What all parts of one reading of the settings have in common. */
export interface CommonSettings {
  readonly commands: SharedCommands
  readonly proxies: Proxies
  /** The token to use instead of one in the settings: tenants of a fleet bring their own. */
  readonly token?: Token
}

export async function commonSettings(env: NodeJS.ProcessEnv, problems: Problem[]): Promise<CommonSettings> {
  const commands = sharedCommands()
  return { commands, proxies: await proxiesFromEnv(env, problems, commands) }
}
