import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'
import { givenOrBuilt } from '../setup/parts/given-or-built.ts'

/** ClickHouse's engine as a Python package, with a pinned version. */
export const clickHouseRequirements: string = join(import.meta.dirname, 'requirements.txt')

/** Where `pnpm setup:clickhouse` puts the virtual environment of this version. Another version has another path. */
export function builtClickHouse(env: NodeJS.ProcessEnv): string {
  return cachedPath('clickhouse', readFileSync(clickHouseRequirements, 'utf8'), env)
}

/** A Python that can import `chdb`: `CHDB_PYTHON` if it is set, or else the one that was set up. Undefined if there is none. */
export function clickHousePython(env: NodeJS.ProcessEnv): string | undefined {
  return givenOrBuilt('CHDB_PYTHON', join(builtClickHouse(env), 'bin/python'), env)
}
