import { existsSync } from 'node:fs'

/** What a variable of the environment names, or else what a set-up command has made at this path. Undefined if neither is there. */
export function givenOrBuilt(variable: string, built: string, env: NodeJS.ProcessEnv): string | undefined {
  const given = env[variable]
  if (given) return given
  return existsSync(built) ? built : undefined
}
