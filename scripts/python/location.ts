import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'

/** The Python tools of the tests, with pinned versions. */
export const requirementsPath: string = join(import.meta.dirname, 'requirements.txt')

/** Where `pnpm setup:python` puts the virtual environment of these versions. Other versions have another path. */
export function builtPythonTools(env: NodeJS.ProcessEnv): string {
  return cachedPath('python', readFileSync(requirementsPath, 'utf8'), env)
}

/** A file that only a complete virtual environment has. */
export const completeMark = 'complete'

/** The virtual environment to use: `PYTHON_TOOLS` if it is set, or else the one that was built. Undefined if there is none. */
export function pythonTools(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['PYTHON_TOOLS']
  if (given) return given
  const built = builtPythonTools(env)
  return existsSync(join(built, completeMark)) ? built : undefined
}

/** A program of the virtual environment, such as `splunk-appinspect` or `sigma`; undefined if it is missing. */
export function pythonTool(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const tools = pythonTools(env)
  if (!tools) return undefined
  const program = join(tools, 'bin', name)
  return existsSync(program) ? program : undefined
}
