import { test } from 'vitest'
import { prometheusTool } from '../../scripts/prometheus/location.ts'

/**
 * A test with a program of Prometheus; skipped, and said to be, where `pnpm setup:prometheus` was not run. With `REQUIRE_PROMETHEUS=1` it
 * runs and fails instead.
 */
export function testWithPrometheus(tool: string): typeof test {
  const runs = prometheusTool(tool, process.env) !== undefined || process.env['REQUIRE_PROMETHEUS'] === '1'
  if (!runs) process.stdout.write(`Skipping tests that need ${tool}: \`pnpm setup:prometheus\` fetches it.\n`)
  return test.runIf(runs) as typeof test
}

/** The path of the program, for a test that runs only where it is. */
export function requirePrometheusTool(name: string): string {
  const path = prometheusTool(name, process.env)
  if (!path) throw new Error(`There is no ${name}: run \`pnpm setup:prometheus\`, or set PROMETHEUS_TOOLS.`)
  return path
}
