import { test } from 'vitest'
import { type Alertmanager, alertmanager, prometheusTool } from '../../../scripts/prometheus/location.ts'

/**
 * A test with a program of Prometheus; skipped, and said to be, where `pnpm setup:prometheus` was not run. With `REQUIRE_PROMETHEUS=1` it
 * runs and fails instead.
 */
export function testWithPrometheus(tool: string): typeof test {
  return runIf(prometheusTool(tool, process.env) !== undefined, tool)
}

/** A test with Prometheus and Alertmanager, in the same way. */
export function testWithAlertmanager(): typeof test {
  const has = prometheusTool('prometheus', process.env) && alertmanager(process.env)
  return runIf(has !== undefined, 'Alertmanager')
}

function runIf(has: boolean, tool: string): typeof test {
  const runs = has || process.env['REQUIRE_PROMETHEUS'] === '1'
  if (!runs) process.stdout.write(`Skipping tests that need ${tool}: \`pnpm setup:prometheus\` fetches it.\n`)
  return test.runIf(runs) as typeof test
}

/** The path of the program, for a test that runs only where it is. */
export function requirePrometheusTool(name: string): string {
  const path = prometheusTool(name, process.env)
  if (!path) throw new Error(`There is no ${name}: run \`pnpm setup:prometheus\`, or set PROMETHEUS_TOOLS.`)
  return path
}

/** How to start Alertmanager, for a test that runs only where that can be done. */
export function requireAlertmanager(): Alertmanager {
  const found = alertmanager(process.env)
  if (!found)
    throw new Error(
      'Alertmanager does not start: run `pnpm setup:prometheus` (it needs root, or user namespaces), or set PROMETHEUS_TOOLS.',
    )
  return found
}
