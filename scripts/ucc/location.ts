import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'

export const uccRequirements: string = join(import.meta.dirname, 'requirements.txt')

/** Where `pnpm setup:ucc` puts the virtual environment of this version. */
export function builtUcc(env: NodeJS.ProcessEnv): string {
  return cachedPath('ucc', readFileSync(uccRequirements, 'utf8'), env)
}

/** A file that only a complete virtual environment has. */
export const completeMark = 'complete'

/** The virtual environment with Splunk's framework for add-ons; undefined if it was not set up. */
export function uccTools(env: NodeJS.ProcessEnv): string | undefined {
  const built = builtUcc(env)
  return existsSync(join(built, completeMark)) ? built : undefined
}
