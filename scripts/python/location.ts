import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The Python tools the tests use, every version pinned. */
export const requirementsPath: string = join(import.meta.dirname, 'requirements.txt')

/** Where `pnpm setup:python` puts the virtual environment of these versions. Other versions are another place. */
export function builtPythonTools(): string {
  const hash = createHash('sha256').update(readFileSync(requirementsPath)).digest('hex').slice(0, 16)
  return join(root, '.cache/python', hash)
}

/** Stands in a virtual environment that is complete, as one whose building was cut short does not. */
export const completeMark = 'complete'

/** The virtual environment to use: `PYTHON_TOOLS` if it is set, else the one that was built; undefined where there is none. */
export function pythonTools(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['PYTHON_TOOLS']
  if (given) return given
  const built = builtPythonTools()
  return existsSync(join(built, completeMark)) ? built : undefined
}

/** A program of the virtual environment, such as `splunk-appinspect` or `sigma`; undefined where it is not to be had. */
export function pythonTool(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const tools = pythonTools(env)
  if (!tools) return undefined
  const program = join(tools, 'bin', name)
  return existsSync(program) ? program : undefined
}
