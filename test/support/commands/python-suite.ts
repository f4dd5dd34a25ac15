import { test } from 'vitest'
import { pythonTool } from '../../../scripts/python/location.ts'

/**
 * A test that runs a Python tool, such as `splunk-appinspect` or `sigma`; skipped, and said to be, where the tool is
 * not to be had. With `REQUIRE_PYTHON=1` it runs and fails instead.
 */
export function testWithPython(tool: string): typeof test {
  const runs = pythonTool(tool, process.env) !== undefined || process.env['REQUIRE_PYTHON'] === '1'
  if (!runs)
    process.stdout.write(`Skipping tests that need ${tool}: \`pnpm setup:python\` installs it for them.\n`)
  return test.runIf(runs) as typeof test
}

/** The path of the tool, for a test that runs only where it is. */
export function requirePythonTool(name: string): string {
  const path = pythonTool(name, process.env)
  if (!path) throw new Error(`${name} is not to be had: run \`pnpm setup:python\`, or set PYTHON_TOOLS.`)
  return path
}
